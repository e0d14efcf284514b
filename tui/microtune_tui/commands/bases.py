"""`microtune bases`: the catalogue of bases, and those that were downloaded."""

import time
from dataclasses import asdict
from typing import Any

import click

from microtune.errors import MicrotuneError
from microtune.settings import POCKET
from microtune_adapters.catalogue import CATALOGUE, Entry, find, known
from microtune_adapters.download_state import Download
from microtune_adapters.downloaded import Shelf
from microtune_adapters.downloading import megabytes
from microtune_adapters.machine import this_machine
from microtune_adapters.suiting import Suit, advised, drafting_mb, suit, training_mb
from microtune_tui import downloads
from microtune_tui.base_choice import fetched
from microtune_tui.options import common, example, home
from microtune_tui.output import Output, minutes
from microtune_tui.wiring import Wiring

USUAL_MBIT = 50  # of a line at home, to tell how long a download may take before it has begun
WORDS = {"trains": "suits", "drafts": "drafts only", "no": "too large"}


@click.group(epilog=example("microtune bases list", "microtune bases download qwen2.5-0.5b"))
@home
def bases() -> None:
    """See, download and remove base models."""


@bases.command(name="list", epilog=example("microtune bases list"))
@common
def list_(wiring: Wiring, output: Output) -> None:
    """Show which bases there are, what suits this machine, and what is here."""
    machine, shelf = this_machine(wiring.home.path), Shelf(wiring.home.bases)
    advice, used = advised(machine), in_use(wiring)
    suits = [suit(machine, entry, shelf.get(entry.name) is not None) for entry in CATALOGUE]
    others = [card for card in shelf.all() if known(card.name) is None]
    running = Download.load(wiring.home)
    data = {
        "machine": asdict(machine),
        "advised": advice.entry.name,
        "why": advice.why,
        "drafts_only": advice.drafts_only.entry.name if advice.drafts_only else None,
        "bases": [_facts(one, shelf, used) for one in suits],
        "others": [{**asdict(card), "in_use": card.name == used} for card in others],
        "download": asdict(running) if running else None,
    }
    lines = [line for one in suits for line in _lines(one, shelf, used)]
    lines += [f"{_mark(c.name, used)} {c.name}  {megabytes(c.bytes)}, here" for c in others]
    output.result(data, *lines, f"This machine: {machine.line}.", advice.why)


@bases.command(epilog=example("microtune bases download qwen2.5-0.5b"))
@click.argument("name", metavar="NAME")
@common
def download(wiring: Wiring, output: Output, name: str) -> None:
    """Download a base, verify it, and keep it for `microtune init`.

    NAME is one of `microtune bases list`, or hf:OWNER/REPOSITORY/FILE.gguf for another file on the
    hub. Stopped or cut off, the same command goes on from there.
    """
    find(name)
    began = time.monotonic()
    found = fetched(wiring, output, name)
    path = Shelf(wiring.home.bases).path(found.name)
    data = {**asdict(found), "path": str(path), "seconds": round(time.monotonic() - began, 1)}
    whose = "the catalogue's" if found.verified == "catalogue" else "the one that the hub states"
    output.result(
        data,
        f"{found.name} is here, {megabytes(found.bytes)}; its hash is {whose}.",
        f"Next: microtune init --base {name}",
    )


@bases.command(epilog=example("microtune bases cancel"))
@common
def cancel(wiring: Wiring, output: Output) -> None:
    """Stop the download that is under way; what came is kept."""
    stopped = downloads.cancel(wiring.home)
    output.result({"stopped": stopped}, "Stopped." if stopped else "No download is under way.")


@bases.command(epilog=example("microtune bases remove qwen2.5-0.5b"))
@click.argument("name", metavar="NAME")
@common
def remove(wiring: Wiring, output: Output, name: str) -> None:
    """Delete a downloaded base, or what there is of one."""
    stored, running = _stored(wiring, name), Download.load(wiring.home)
    if stored == in_use(wiring):
        raise MicrotuneError(
            f"{stored} is the base in use", "Choose another first: microtune init --base pocket"
        )
    if running and running.name == stored and running.under_way:
        raise MicrotuneError(
            f"{stored} is being downloaded", "Stop that first: microtune bases cancel"
        )
    freed = Shelf(wiring.home.bases).remove(stored)
    if running and running.name == stored:
        Download.clear(wiring.home)
    output.result({"removed": stored, "bytes": freed}, f"{stored} is removed: {megabytes(freed)}.")


def in_use(wiring: Wiring) -> str | None:
    """The name of the base in use, where it is pocket or was downloaded."""
    settings, folder = wiring.chosen(), wiring.home.bases
    if settings is None:
        return None
    if settings.base_path == POCKET:
        return POCKET
    names = [card.name for card in Shelf(folder).all()]
    return next((n for n in names if str(Shelf(folder).path(n)) == settings.base_path), None)


def _stored(wiring: Wiring, name: str) -> str:
    """The name under which a base is kept; only such a name is ever made part of a path."""
    entry = known(name)
    if entry and entry.packaged:
        raise MicrotuneError(f"{entry.name} comes with microtune and stays", "")
    names = {card.name for card in Shelf(wiring.home.bases).all()}
    return name if name in names else find(name).name


def _facts(one: Suit, shelf: Shelf, used: str | None) -> dict[str, Any]:
    entry = one.entry
    card = shelf.get(entry.name)
    return {
        **asdict(entry),
        "fits": one.fits,
        "why": one.why,
        "drafting_mb": drafting_mb(entry),
        "training_mb": training_mb(entry),
        "here": entry.packaged or card is not None,
        "begun_bytes": shelf.begun(entry.name),
        "verified": card.verified if card else None,
        "in_use": entry.name == used,
    }


def _lines(one: Suit, shelf: Shelf, used: str | None) -> list[str]:
    entry = one.entry
    facts = [megabytes(entry.bytes), entry.licence, _presence(entry, shelf), WORDS[one.fits]]
    why = "" if one.fits == "trains" else f" It {one.why}."
    return [
        f"{_mark(entry.name, used)} {entry.name:13} {', '.join(facts)}",
        f"    {entry.title}. {entry.expect}{why}",
    ]


def _presence(entry: Entry, shelf: Shelf) -> str:
    if entry.packaged:
        return "comes with microtune"
    if shelf.get(entry.name):
        return "here"
    begun = shelf.begun(entry.name)
    if begun:
        return f"{begun * 100 // entry.bytes} % here"
    return f"to download ({minutes(entry.seconds_at(USUAL_MBIT))} min at {USUAL_MBIT} Mbit/s)"


def _mark(name: str, used: str | None) -> str:
    return "*" if name == used else " "
