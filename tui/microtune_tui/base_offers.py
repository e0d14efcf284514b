"""The bases that a person can choose on a screen: what each is, whether it is here, and switching.

Knows no screen. What it says of a machine comes from `microtune_adapters.suiting`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from microtune.errors import MicrotuneError
from microtune.settings import POCKET
from microtune_adapters.catalogue import CATALOGUE, known
from microtune_adapters.download_state import Download
from microtune_adapters.downloaded import Shelf
from microtune_adapters.downloading import megabytes
from microtune_adapters.machine import this_machine
from microtune_adapters.suiting import advised, suit
from microtune_tui.output import minutes
from microtune_tui.wiring import Wiring


@dataclass(frozen=True, slots=True)
class BaseOffer:
    """`name` is "" for a file of the person's own. `size` says also where it is; `fits`: whether
    this machine can use it."""

    name: str
    title: str
    size: str
    about: str
    here: bool
    in_use: bool
    fits: bool = True
    advised: bool = False


def offers(wiring: Wiring) -> tuple[BaseOffer, ...]:
    """Those of the catalogue, others that were downloaded, and a file of one's own if in use.

    Takes some time: this machine is looked at.
    """
    machine, shelf = this_machine(wiring.home.path), Shelf(wiring.home.bases)
    settings, advice = wiring.chosen(), advised(machine)
    path = settings.base_path if settings else ""
    found: list[BaseOffer] = []
    for entry in CATALOGUE:
        here = entry.packaged or shelf.get(entry.name) is not None
        used = path == (POCKET if entry.packaged else str(shelf.path(entry.name)))
        one = suit(machine, entry, here)
        presence = "comes with microtune" if entry.packaged else _presence(here, entry.name, shelf)
        why = "" if one.fits == "trains" else f" It {one.why}."
        size = f"{megabytes(entry.bytes)}, {presence}"
        about = f"{entry.expect}{why} Licence: {entry.licence}."
        found.append(
            BaseOffer(
                entry.name,
                entry.title,
                size,
                about,
                here,
                used,
                one.fits != "no",
                entry.name == advice.entry.name,
            )
        )
    found += _others(shelf, path)
    if settings and not any(one.in_use for one in found):
        found.append(BaseOffer("", settings.base_name, "a file of yours", path, True, True))
    return tuple(found)


def switch(wiring: Wiring, name: str) -> str:
    """Verify a base that is here and use it from now on; its name. Raises `MicrotuneError`."""
    if name == POCKET:
        return wiring.choose_base(POCKET).name
    shelf = Shelf(wiring.home.bases)
    card = shelf.get(name)
    if card is None:
        raise MicrotuneError(f"{name} is not here", "Download it first.")
    return wiring.choose_base(str(shelf.path(name)), sha256=card.sha256).name


def download_line(found: Download | None) -> str:
    """How the newest download stands, in a line; "" where there is nothing to say."""
    match found:
        case None:
            return ""
        case Download(state="done"):
            return f"{found.name} is here. Enter on it uses it."
        case Download(state="failed"):
            return f"{found.name} was not downloaded: {found.line}"
        case Download(state="stopped"):
            return f"{found.name} stopped at {found.percent} %. Enter on it goes on from there."
        case Download(state="verifying"):
            return f"{found.name} is being verified."
    left = f", {minutes(found.seconds_left)} left" if found.seconds_left is not None else ""
    speed = f", {found.bytes_per_s / 1e6:.1f} MB/s" if found.bytes_per_s else ""
    return f"{found.name}: {found.percent} % of {megabytes(found.total)}{speed}{left}. X stops it."


def _others(shelf: Shelf, path: str) -> Iterator[BaseOffer]:
    for card in shelf.all():
        if known(card.name) is None:
            used = str(shelf.path(card.name)) == path
            size, about = f"{megabytes(card.bytes)}, here", f"From {card.repository}."
            yield BaseOffer(card.name, card.file, size, about, True, used)


def _presence(here: bool, name: str, shelf: Shelf) -> str:
    if here:
        return "here"
    return "begun" if shelf.begun(name) else "to download"
