"""The history of Firefox (`places.sqlite`) or of Chromium and its kin (`History`), for interests.

Yields titles and hosts of visited pages, never as texts to train on. Read from a copy, because a
running browser locks the file and keeps its newest pages in the log beside it. Only for those who
ask for it with `--kind browser`. Sources: Mozilla's "The Places database"; Chromium's
`components/history/core/browser/url_database.cc`.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from microtune.errors import MicrotuneError
from microtune.words import INTEREST, Found, Mark, Skip, Source
from microtune_collectors.browser_pages import kept_host
from microtune_collectors.encoding import tidy
from microtune_collectors.preconditions import require_place

FILES = ("places.sqlite", "History")
LONGEST = 300  # characters of a title
TRIES = 3  # copies that are made of a file that changes meanwhile


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a browser keeps its history: visited pages, and the zero of its clock (microseconds)."""

    table: str
    visited: str
    zero: datetime

    @property
    def query(self) -> str:
        """Pages that are new or were visited again, oldest visit first."""
        return f"""SELECT id, url, title, {self.visited} AS visited FROM {self.table}
            WHERE hidden = 0 AND {self.visited} > 0 AND coalesce(title, '') <> ''
                AND (id > ? OR {self.visited} > ?)
            ORDER BY visited, id"""


_FIREFOX = _Layout("moz_places", "last_visit_date", datetime(1970, 1, 1, tzinfo=UTC))
_CHROMIUM = _Layout("urls", "last_visit_time", datetime(1601, 1, 1, tzinfo=UTC))


class BrowserCollector:
    """One browser profile's history, told by its file."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        path = Path(self.source.place)
        require_place(path)
        newest, latest = _position(marks.get(path.name, ""))
        hosts = set(marks)
        with _copied(path) as copy, closing(_connected(copy)) as database:
            try:
                layout = _layout(database)
                for page in database.execute(layout.query, (newest, latest)):
                    newest, latest = max(newest, page["id"]), max(latest, page["visited"])
                    item = read_page(page, layout.zero)
                    yield item
                    host = f"{item.place.partition('/')[0]}/"
                    if isinstance(item, Found) and host not in hosts:
                        hosts.add(host)
                        yield Mark(host, "seen")  # so that it can be excluded later
            except (sqlite3.Error, LookupError) as error:
                raise MicrotuneError(
                    f"{path} is no browser history that can be read ({error})",
                    "Name Firefox's places.sqlite, or the History file of Chromium or Chrome.",
                ) from error
        yield Mark(path.name, f"{newest}:{latest}")


def is_history(path: Path) -> bool:
    """Whether a file is called as browsers call their history."""
    return path.name in FILES


def read_page(page: Mapping[str, object] | sqlite3.Row, zero: datetime) -> Found | Skip:
    """A page as an interest, or why it is none. Of its address only the host is kept."""
    title = " ".join(tidy(str(page["title"])).split())[:LONGEST]
    host, reason = kept_host(str(page["url"]), title)
    if reason:
        return Skip(f"page/{page['id']}", reason)
    try:
        visited = zero + timedelta(microseconds=int(str(page["visited"])))
    except (ValueError, OverflowError):
        visited = None
    return Found(f"{host}/{page['id']}", title, INTEREST, written=visited, subject=host)


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """A copy of the database and of its log, gone afterwards. Readable by its owner only."""
    with TemporaryDirectory(prefix="microtune-") as folder:
        copy = Path(folder, "history.sqlite")
        try:
            for _ in range(TRIES):
                before = _stamps(path)
                for end in ("", "-wal"):
                    copy.with_name(copy.name + end).unlink(missing_ok=True)
                    if (part := path.with_name(path.name + end)).exists():
                        shutil.copyfile(part, copy.with_name(copy.name + end))
                if _stamps(path) == before:
                    break
        except OSError as error:
            raise MicrotuneError(
                f"cannot copy {path} ({error.strerror})",
                "Make room in the folder for temporary files, or give yourself read access.",
            ) from error
        yield copy


def _stamps(path: Path) -> list[tuple[int, int]]:
    parts = (path.with_name(path.name + end) for end in ("", "-wal"))
    return [(s.st_mtime_ns, s.st_size) for p in parts if p.exists() for s in [p.stat()]]


def _connected(copy: Path) -> sqlite3.Connection:
    database = sqlite3.connect(copy)
    database.row_factory = sqlite3.Row
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    return database


def _layout(database: sqlite3.Connection) -> _Layout:
    """Raises LookupError for another database."""
    tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_master")}
    for layout in (_FIREFOX, _CHROMIUM):
        if layout.table in tables:
            return layout
    raise LookupError("it has no table of visited pages")


def _position(mark: str) -> tuple[int, int]:
    """(newest id, latest visit) that an earlier pass saw."""
    newest, _, latest = mark.partition(":")
    return (int(newest), int(latest)) if newest.isdigit() and latest.isdigit() else (0, 0)
