"""Browser history: titles and hosts of public pages, from a copy, and only where asked for."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from collector_contract import CollectorContract, Pass, World, gather
from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Collector
from microtune.errors import MicrotuneError
from microtune.words import INTEREST, Source
from microtune_collectors.browser_pages import kept_host
from microtune_collectors.registry import kind_of, open_collector

DAY = 86_400_000_000  # microseconds
FIREFOX = "CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url, title, hidden, last_visit_date)"
CHROMIUM = "CREATE TABLE urls (id INTEGER PRIMARY KEY, url, title, hidden, last_visit_time)"


class History:
    """A browser's database, as it stands while the browser runs: its newest pages in the log."""

    def __init__(self, path: Path, schema: str = FIREFOX) -> None:
        self.path = path
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute(schema)
        self.table = schema.split()[2]
        self.clock = 0

    def visit(self, name: str, title: str, url: str = "https://www.example.org/{}?s=1") -> None:
        self.clock += DAY
        address = url.format(name)
        row = self.database.execute(f"SELECT id FROM {self.table} WHERE url = ?", (address,))
        number = row.fetchone()
        self.database.execute(
            f"INSERT OR REPLACE INTO {self.table} VALUES (?, ?, ?, 0, ?)",
            (number[0] if number else None, address, title, self.clock),
        )


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    (tmp_path / "profile").mkdir()
    made = History(tmp_path / "profile" / "places.sqlite")
    with closing(made.database):
        yield made


def read(history: History) -> Pass:
    return gather(open_collector(Source("browser", str(history.path))).collect({}))


class BrowserWorld(World):
    def __init__(self, history: History) -> None:
        super().__init__(history.path.parent)
        self.history = history

    def collector(self) -> Collector:
        return open_collector(Source("browser", str(self.history.path)))

    def put(self, name: str, text: str) -> None:
        self.history.visit(name, text)

    def spoil(self, name: str) -> None:
        self.history.visit(name, "My router", "http://192.168.0.1/{}")


class TestBrowser(CollectorContract):
    @pytest.fixture
    def world(self, history: History) -> World:
        return BrowserWorld(history)


def test_a_title_and_a_host_are_all_that_is_kept(history: History) -> None:
    history.visit("secret-path", "How to  prune\nroses")
    (found,) = read(history).found
    assert (found.text, found.subject, found.kind) == (
        "How to prune roses",
        "example.org",
        INTEREST,
    )
    assert found.place == "example.org/1"
    assert "secret-path" not in repr(found)


def test_a_running_browser_is_not_waited_for(history: History) -> None:
    history.visit("a", "How to prune roses")
    history.database.execute("BEGIN EXCLUSIVE")
    assert read(history).texts == {"How to prune roses"}
    history.database.execute("ROLLBACK")


def test_chromium_s_clock_begins_in_1601(tmp_path: Path) -> None:
    history = History(tmp_path / "History", CHROMIUM)
    with closing(history.database):
        history.visit("a", "How to prune roses")
        (found,) = read(history).found
    assert found.written is not None
    assert found.written.isoformat() == "1601-01-02T00:00:00+00:00"


def test_a_page_that_comes_late_from_another_machine_is_found(history: History) -> None:
    history.visit("a", "How to prune roses")
    first = read(history)
    history.clock = 0
    history.visit("b", "How to mend a violin")
    collector = open_collector(Source("browser", str(history.path)))
    assert gather(collector.collect(first.marks)).texts == {"How to mend a violin"}


def test_it_has_to_be_asked_for(history: History) -> None:
    with pytest.raises(MicrotuneError, match="sources add --kind browser"):
        kind_of(history.path)
    assert kind_of(history.path.parent) == "folder"


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "History").write_text("no database at all, but long enough to be one" * 99)
    sqlite3.connect(tmp_path / "other.sqlite").close()
    for name in ("History", "other.sqlite"):
        with pytest.raises(MicrotuneError, match="no browser history"):
            list(open_collector(Source("browser", str(tmp_path / name))).collect({}))


@pytest.mark.parametrize(
    "url",
    [
        "file:///srv/ann/diary.html", "about:config", "chrome://settings", "moz-extension://x/y",
        "http://localhost:8080/", "http://127.0.0.1/", "http://127.1/", "http://[::1]/",
        "http://10.1.2.3/", "http://192.168.1.1/", "http://169.254.1.1/", "http://[fd00::1]/",
        "http://router/", "http://nas.local/", "http://wiki.corp/", "http://0x7f000001/",
        "https://ann:secret@example.org/", "https://secret@example.org/", "http://[broken/",
        "https://www.mybank.example/account", "https://clinic.example.org/", "https://mail.example.org/",
        "https://accounts.example.org/", "https://search.example/?q=how+to+prune+roses",
    ],
)  # fmt: skip
def test_what_is_private_is_left_out(url: str) -> None:
    host, reason = kept_host(url, "How to prune roses")
    assert host == ""
    assert reason


@pytest.mark.parametrize("url", ["https://www.example.org/a", "http://example.org./b?id=17"])
def test_public_pages_are_kept(url: str) -> None:
    assert kept_host(url, "How to prune roses") == ("example.org", "")


@given(st.text() | st.text().map(lambda rest: f"https://{rest}"), st.text())
def test_whatever_an_address_is_a_host_or_a_reason_comes_of_it(url: str, title: str) -> None:
    host, reason = kept_host(url, title)
    assert bool(host) != bool(reason)
    assert "@" not in host
    assert "?" not in host
