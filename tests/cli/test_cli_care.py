"""`status`, `doctor` and `ledger`: where things stand, and everything that can be wrong."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import LETTERS
from tests.cli.running import facts, run


def problems() -> list[str]:
    """What the doctor says, each with a remedy; people are told the same."""
    found = facts("doctor")["problems"]
    assert all(one["what"] and one["remedy"] for one in found)
    lines = run("doctor").out.splitlines()
    assert len(lines) == max(1, len(found))
    return [f"{one['what']}. {one['remedy']}" for one in found]


def change(home: Path, sql: str) -> None:
    """Somebody changes the database behind microtune's back."""
    with closing(sqlite3.connect(home / "microtune.db")) as database, database:
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            if trigger[0].startswith("ledger"):
                database.execute(f"DROP TRIGGER {trigger[0]}")
        database.execute(sql)


def test_status_of_a_new_home(own_home: Path) -> None:
    said = facts("status")
    assert said["documents"] == said["sources"] == said["adapters"] == 0
    assert said["base"] is said["active"] is said["last_run"] is None
    assert said["daemon"] == "not running"
    assert said["home"] == str(own_home)
    assert "microtune init" in run("status").out


def test_status_of_a_home_in_use(trained: Path) -> None:
    said = facts("status")
    assert said["documents"] == LETTERS
    assert said["words"] > LETTERS * 40
    assert said["kinds"] == {"mail": LETTERS}
    assert said["base"] == "tiny-0"
    assert said["active"] == said["last_run"]["adapter"]
    assert f"Sources: 1; documents: {LETTERS}" in run("status").out


def test_a_home_in_order_has_no_problems(trained: Path) -> None:
    assert problems() == []
    assert run("doctor").out == "Nothing is wrong.\n"


def test_no_base(own_home: Path) -> None:
    [one] = problems()
    assert "no base is chosen" in one
    assert "microtune init" in one


def test_unreadable_settings_are_told_once(collected: Path) -> None:
    (collected / "settings.json").write_text("{")
    [one] = problems()
    assert "cannot read the settings" in one


def test_a_base_that_changed_or_is_gone(own_home: Path, base_file: Path, tmp_path: Path) -> None:
    base = tmp_path / "base.gguf"
    shutil.copy(base_file, base)
    facts("init", "--base", base)
    assert problems() == []
    content = bytearray(base.read_bytes())
    content[-10] ^= 1
    base.write_bytes(content)
    [changed] = problems()
    assert "is not the file that it was at `init`" in changed
    assert run("write", "Hello.").reason == changed
    base.write_bytes(content[:-10_000])
    [cut] = problems()
    assert str(base) in cut
    base.unlink()
    [gone] = problems()
    assert str(base) in gone


def test_a_source_that_is_gone(collected: Path, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    source = facts("sources", "add", folder)["id"]
    folder.rmdir()
    [one] = problems()
    assert str(folder) in one
    assert f"microtune sources remove {source}" in one


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE ledger SET data = '{}' WHERE seq = 2", "line 2 was changed"),
        ("UPDATE ledger SET data = 'not JSON' WHERE seq = 2", "line 2 was changed"),
        ("DELETE FROM ledger WHERE seq = 2", "missing: line 2"),
        ("DELETE FROM ledger WHERE seq > 1", "the end is missing"),
    ],
)
def test_a_ledger_that_was_tampered_with(collected: Path, sql: str, said: str) -> None:
    assert run("ledger", "verify").out == "3 lines, all whole.\n"
    change(collected, sql)
    assert any(said in one for one in problems())
    ran = run("ledger", "verify", "--json")
    assert ran.reason.startswith("the ledger was tampered with: ")
    assert said in ran.reason
    assert ran.facts["whole"] is False
    assert any(said in one for one in ran.facts["problems"])
    assert run("ledger").code == 0


def test_many_changed_lines_are_still_one_line(trained: Path) -> None:
    change(trained, "UPDATE ledger SET at = '2020-01-01'")
    assert "; and 3 more. Do not rely on it" in run("ledger", "verify").reason


def test_a_damaged_adapter(trained: Path) -> None:
    active = facts("status")["active"]
    weights = trained / "adapters" / active / "adapter.gguf"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    [one] = problems()
    assert f"{weights} is not the file that was measured" in one
    weights.unlink()
    [one] = problems()
    assert f"cannot read {weights}" in one


def test_a_folder_that_holds_no_adapter(trained: Path) -> None:
    folder = trained / "adapters" / ("0" * 12)
    folder.mkdir()
    (folder / "card.json").write_text("no card")
    [one] = problems()
    assert f"{folder} holds no readable adapter" in one


def test_an_active_adapter_of_another_base(trained: Path, other_base_file: Path) -> None:
    facts("init", "--base", other_base_file, "--yes")
    [one] = problems()
    assert "was trained for another base than tiny-1" in one


def test_a_damaged_database(collected: Path) -> None:
    database = collected / "microtune.db"
    content = database.read_bytes()
    database.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    assert "is damaged" in "".join(problems())
    assert "is damaged" in run("collect").reason
    assert "is damaged" in run("status").reason


def test_several_problems_are_all_told(collected: Path, other_base_file: Path) -> None:
    (collected / "settings.json").unlink()
    change(collected, "DELETE FROM ledger WHERE seq = 2")
    said = " ".join(problems())
    assert "no base is chosen" in said
    assert "missing: line 2" in said


def test_the_ledger_tells_what_was_done_and_no_text(trained: Path) -> None:
    lines = facts("ledger")["lines"]
    events = ["base chosen", "source added", "collected", "run started", "promoted", "run finished"]
    assert [line["event"] for line in lines] == events
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[2]["data"]["new"] == LETTERS
    shown = run("ledger").out
    assert "  collected: masked 0, new 40, " in shown
    assert "weather" not in shown
    assert run("ledger", "verify").out == "6 lines, all whole.\n"
