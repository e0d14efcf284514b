"""The daemon's view of the store: which sources there are to read, what to train, what to draft.

It looks again only when the database's files changed, which two `stat` calls tell. It holds no
connection in between, so that nothing of what is forgotten stays in the write-ahead log for it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from microtune.daemon.collaborators import Chosen
from microtune.daemon.need import Need, need_of
from microtune.locations import Home
from microtune.store import Store
from microtune.today import unprepared
from microtune.words import Source


class Outlook:
    """What was seen at the last look. `need` is empty before the first."""

    def __init__(self, home: Home, chosen: Callable[[], Chosen]) -> None:
        self._home, self._ask = home, chosen
        self._seen: object = None
        self.sources: tuple[Source, ...] = ()
        self.need = Need("", 0, 0)
        self.unprepared = 0  # messages that wait and have no draft by the active adapter
        self.chosen = Chosen()

    def look(self, then: Callable[[Store], None], again: bool = False) -> bool:
        """Look if anything changed, or `again`; `then` sees the store. Returns whether it did.

        Raises `MicrotuneError` if the home cannot be used.
        """
        chosen = self._ask()
        if not again and self._seen == (self._files(), chosen):
            return False
        with Store.open(self._home) as store:
            then(store)
            self.sources = store.sources.to_read()
            self.need = need_of(store, chosen.base_sha256, chosen.misfit)
            self.unprepared = _unprepared(store, chosen)
        self.chosen = chosen
        self._seen = (self._files(), chosen)
        return True

    def _files(self) -> tuple[object, ...]:
        database = self._home.database
        return tuple(_stamp(Path(f"{database}{suffix}")) for suffix in ("", "-wal"))


def _unprepared(store: Store, chosen: Chosen) -> int:
    if not chosen.base_sha256 or chosen.misfit or not store.received.count():
        return 0
    return len(unprepared(store, chosen.adapter, chosen.base_sha256, datetime.now(UTC)))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
