"""Ends erasures: clears the files of runs, the weights and the database of what was forgotten.

Knows nothing of what was forgotten or why. Every step may be repeated, so one that was killed is
simply made again.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from microtune.erasures import Erasure
from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_adapters.library import Library
from microtune_adapters.run_folder import only_run

PATIENCE_S = 30.0  # a run that was ended leaves after the step that it is at
REASON = "it learned from texts that were forgotten"


def settle(store: Store, library: Library) -> tuple[str, ...]:
    """End every pending erasure; returns the ids of the adapters that were retired for them.

    Raises `MicrotuneError` where something is still in use; it stays pending then.
    """
    if not store.erasures.pending():
        return ()
    with _no_run_that_saw_it(store):
        return settle_alone(store, library)


def settle_alone(store: Store, library: Library) -> tuple[str, ...]:
    """`settle`, for who holds the lock of runs."""
    retired: dict[str, None] = {}
    for erasure in store.erasures.pending():
        ids = tuple(_learned(store, library, erasure))
        _clear_runs(store, erasure.runs)
        for id in ids:
            library.erase(id, REASON)
        (store.home.path / "error.log").unlink(missing_ok=True)  # may quote what was worked on
        store.scrub()
        with store.transaction():
            for id in ids:
                store.ledger.append("retired", {"adapter": id, "why": REASON})
            store.erasures.finish(erasure.number, ids)
            store.ledger.append("erased", {"runs": list(erasure.runs), "adapters": list(ids)})
        retired |= dict.fromkeys(ids)
    return tuple(retired)


@contextmanager
def _no_run_that_saw_it(store: Store) -> Iterator[None]:
    """Wait for the lock of runs; a run under way that has no end has not seen it."""
    under_way = store.runs.unfinished() is not None
    with ExitStack() as stack:
        try:
            stack.enter_context(only_run(store.home.runs, 0.0 if under_way else PATIENCE_S))
        except MicrotuneError:
            if not under_way:
                raise
        yield


def _learned(store: Store, library: Library, erasure: Erasure) -> Iterator[str]:
    """The adapters of the erasure's runs that are in the library and were not retired before."""
    there = {card.id for card, _ in library.list()} - store.erasures.retired()
    made = (run.adapter for run in store.runs.all() if run.id in erasure.runs)
    return (id for id in dict.fromkeys(made) if id in there)


def _clear_runs(store: Store, runs: Iterable[str]) -> None:
    for run in runs:
        folder = store.home.runs / run
        if folder.exists():
            shutil.rmtree(folder)  # not quietly: what stays would not be forgotten
