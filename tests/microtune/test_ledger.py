"""The ledger: append-only, and any change to it is found and named."""

import contextlib
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microtune.ledger import Line
from microtune.locations import Home
from microtune.store import Store

LINES = 5
Tamper = Callable[[sqlite3.Connection], object]


def written(home: Home, lines: int = LINES) -> Home:
    with Store.open(home) as store:
        for number in range(lines):
            store.ledger.append("tried", {"number": number, "names": ["é", "b"]})
    return home


def problems_after(tamper: Tamper, lines: int = LINES) -> list[str]:
    """What `verify` says after someone with a plain SQLite shell had a hand in it."""
    with TemporaryDirectory() as folder:
        home = written(Home(Path(folder)), lines)
        with closing(sqlite3.connect(home.database)) as raw:
            raw.execute("DROP TRIGGER ledger_no_update")
            raw.execute("DROP TRIGGER ledger_no_delete")
            tamper(raw)
            raw.commit()
        with Store.open(home) as store:
            return store.ledger.verify()


def test_an_untouched_ledger_is_whole(home: Home) -> None:
    with Store.open(written(home)) as store:
        assert store.ledger.verify() == []
        lines = list(store.ledger.lines())
    assert [line.seq for line in lines] == [1, 2, 3, 4, 5]
    assert lines[3].facts == {"number": 3, "names": ["é", "b"]}
    assert all(after.prev == before.hash for before, after in pairwise(lines))


@pytest.mark.parametrize("sql", ["UPDATE ledger SET event = 'no'", "DELETE FROM ledger"])
def test_lines_cannot_be_changed_or_deleted(home: Home, sql: str) -> None:
    with closing(sqlite3.connect(written(home).database)) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(sql)
        assert raw.execute("SELECT count(*) FROM ledger").fetchone() == (LINES,)


@settings(max_examples=25)
@given(
    line=st.integers(1, LINES),
    field=st.sampled_from(["at", "event", "data", "prev", "hash"]),
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=64),
)
def test_any_changed_field_is_found_and_named(line: int, field: str, value: str) -> None:
    problems = problems_after(
        lambda raw: raw.execute(f"UPDATE ledger SET {field} = ? WHERE seq = ?", (value, line))
    )
    assert any(re.search(rf"\bline {line}\b", problem) for problem in problems), problems


@pytest.mark.parametrize("changed", ['{"names": ["é","b"],"number":2}', '{"number":2}'])
def test_even_a_space_in_the_data_is_found(changed: str) -> None:
    problems = problems_after(
        lambda raw: raw.execute("UPDATE ledger SET data = ? WHERE seq = 3", (changed,))
    )
    assert problems == ["line 3 was changed after it was written"]


@settings(max_examples=15)
@given(st.sets(st.integers(1, LINES), min_size=1, max_size=LINES))
def test_removed_lines_are_found_and_named(gone: set[int]) -> None:
    problems = problems_after(
        lambda raw: raw.executemany("DELETE FROM ledger WHERE seq = ?", [(n,) for n in gone])
    )
    for number in gone:
        assert any(number in _named(problem) for problem in problems), (number, problems)


def _named(problem: str) -> range:
    """The lines that a problem speaks of."""
    numbers = [int(n) for n in re.findall(r"\d+", problem)]
    return range(numbers[0], numbers[-1] + 1)


@settings(max_examples=15)
@given(st.permutations(range(1, LINES + 1)).filter(lambda order: order != sorted(order)))
def test_reordered_lines_are_found(order: list[int]) -> None:
    def reorder(raw: sqlite3.Connection) -> None:
        raw.execute("UPDATE ledger SET seq = -seq")
        raw.executemany(
            "UPDATE ledger SET seq = ? WHERE seq = ?",
            [(new, -old) for new, old in enumerate(order, start=1)],
        )

    first_moved = next(i for i, old in enumerate(order, start=1) if i != old)
    assert any(f"line {first_moved} " in problem for problem in problems_after(reorder))


def test_a_line_that_was_changed_with_its_hash_breaks_the_chain() -> None:
    def forge(raw: sqlite3.Connection) -> None:
        row = raw.execute("SELECT seq, at, event, data, prev FROM ledger WHERE seq = 3").fetchone()
        forged = Line(row[0], row[1], "forged", row[3], row[4], "")
        raw.execute(
            "UPDATE ledger SET event = 'forged', hash = ? WHERE seq = 3", (forged.expected_hash(),)
        )

    assert problems_after(forge) == ["line 4 does not follow the line before it"]


def test_a_rewritten_history_is_found_by_the_head(home: Home) -> None:
    """Someone recomputes every hash, but not the file beside the database."""
    written(home)
    head = home.ledger_head.read_text()
    home.database.unlink()
    with Store.open(home) as store:
        for number in range(LINES):
            store.ledger.append("forged", {"number": number})
    home.ledger_head.write_text(head)
    with Store.open(home) as store:
        assert store.ledger.verify() == ["line 5 is not the one that ledger.head names"]


def test_a_head_that_lags_is_no_problem(home: Home) -> None:
    """A crash between a commit and the head file leaves this."""
    written(home, lines=2)
    head = home.ledger_head.read_text()
    written(home, lines=3)
    home.ledger_head.write_text(head)
    with Store.open(home) as store:
        assert store.ledger.verify() == []


@pytest.mark.parametrize("content", [None, "", "seven ff", "\xff\xfe"])
def test_a_head_that_is_missing_or_unreadable_is_named(home: Home, content: str | None) -> None:
    written(home)
    if content is None:
        home.ledger_head.unlink()
    else:
        home.ledger_head.write_bytes(content.encode("latin-1"))
    with Store.open(home) as store:
        (problem,) = store.ledger.verify()
    assert "ledger.head" in problem


def test_a_line_commits_with_what_it_records_or_not_at_all(store: Store, home: Home) -> None:
    store.ledger.append("kept", {})
    head = home.ledger_head.read_text()
    with contextlib.suppress(ZeroDivisionError), store.transaction():
        store.ledger.append("lost", {})
        raise ZeroDivisionError
    assert [line.event for line in store.ledger.lines()] == ["kept"]
    assert home.ledger_head.read_text() == head
    assert store.ledger.verify() == []


def test_the_head_names_the_newest_line_and_is_private(store: Store, home: Home) -> None:
    store.ledger.append("one", {})
    newest = store.ledger.append("two", {})
    assert home.ledger_head.read_text() == f"2 {newest}\n"
    assert home.ledger_head.stat().st_mode & 0o777 == 0o600
    assert not [p for p in home.path.iterdir() if p.name.startswith(".ledger")]
