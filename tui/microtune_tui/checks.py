"""What can be wrong with a home, each with its remedy. It looks only and mends nothing."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_adapters.gguf_inspect import file_sha256
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_collectors.registry import kind_of
from microtune_tui import accounts
from microtune_tui.wiring import Wiring

Check = Callable[[Wiring], Iterable[MicrotuneError]]


def problems(wiring: Wiring) -> list[MicrotuneError]:
    """Everything that is wrong, each thing once, though several checks may meet it."""
    found = [problem for check in (_base, _store, _adapters) for problem in _run(check, wiring)]
    return list({str(problem): problem for problem in found}.values())


def _run(check: Check, wiring: Wiring) -> Iterator[MicrotuneError]:
    """What a check finds; one that cannot go on says why, and the others are made all the same."""
    try:
        yield from check(wiring)
    except MicrotuneError as error:
        yield error


def _base(wiring: Wiring) -> Iterator[MicrotuneError]:
    wiring.base()
    yield from ()


def _store(wiring: Wiring) -> Iterator[MicrotuneError]:
    with wiring.store() as store:
        for line in store.problems():
            yield MicrotuneError(
                f"the database: {line}", "Restore the home from a backup, or collect anew."
            )
        for line in store.ledger.verify():
            yield MicrotuneError(
                f"the ledger: {line}",
                "Do not rely on it before that point; restore the home from a backup.",
            )
        if store.erasures.pending():
            yield MicrotuneError("a forgetting was cut off", "Run `microtune forget` to end it.")
        yield from _unread_sources(store)


def _unread_sources(store: Store) -> Iterator[MicrotuneError]:
    for source in store.sources.all():
        try:
            if source.kind == accounts.KIND:
                accounts.require_secret(source)
            else:
                kind_of(Path(source.place))
        except MicrotuneError as error:
            yield MicrotuneError(
                f"the source {source.place} cannot be read: {error.what}",
                f"Bring it back, or run `microtune sources remove {source.id}`.",
            )


def _adapters(wiring: Wiring) -> Iterator[MicrotuneError]:
    for folder in wiring.library.damaged():
        yield MicrotuneError(
            f"{folder} holds no readable adapter", "Delete the folder, or restore it from a backup."
        )
    for card in (card for card, _ in wiring.library.list() if not card.erased):
        yield from _changed(wiring.library.path(card.id), card)
    active, settings = wiring.library.active(), wiring.chosen()
    if active and settings:
        active.require_base(settings.base_sha256, settings.base_name)


def _changed(folder: Path, card: Card) -> Iterator[MicrotuneError]:
    """An adapter's weights are still those that were measured."""
    try:
        if file_sha256(folder / ADAPTER_FILE) == card.gguf_sha256:
            return
        what = f"{folder / ADAPTER_FILE} is not the file that was measured"
    except OSError as error:
        what = f"cannot read {folder / ADAPTER_FILE} ({error.strerror})"
    yield MicrotuneError(
        what, f"Run `microtune adapters remove {card.id}`, or restore it from a backup."
    )
