"""The matrix of adapters by people counts in how many pairs the own adapter is the better one."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_bench import BENCH, bench
from tests.microtune.invented import letter
from tests.tiny import tiny_base

LETTERS = 24


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


def write_people(folder: Path, *names: str) -> Path:
    for place, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        records = (
            {"subject": f"Letter {n}", "email": letter(n)}
            for n in range(place * 500, place * 500 + LETTERS)
        )
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / name / "emails.jsonl").write_text(lines)
    return folder


def test_every_adapter_meets_the_texts_of_those_who_write_the_same(tmp_path: Path) -> None:
    people = write_people(tmp_path / "people", "panza-ada", "panza-bo", "blog-cy")
    results, page = tmp_path / "personal.jsonl", tmp_path / "page.md"
    page.write_text("Before.\n<!-- personal:begin -->\nold\n<!-- personal:end -->\nAfter.\n")
    command: tuple[object, ...] = (people, "--base", tiny_base(tmp_path / "tiny.gguf"))
    command += ("--minutes", "0.01", "--texts", 4, "--work", tmp_path / "homes")
    command += ("--results", results, "--docs", page)

    result, markdown = bench("personal.py", *command)

    assert set(result["people"]) == {"panza-ada", "panza-bo", "blog-cy"}
    cells = {(cell["person"], cell["adapter_of"]): cell for cell in result["cells"]}
    assert len(cells) == 6  # two people of one kind, under the base and two adapters
    assert all(len(cell["nats"]) == 4 for cell in cells.values())
    own, other = cells["panza-ada", "panza-ada"], cells["panza-ada", "panza-bo"]
    assert own["adapter"] != other["adapter"]
    assert own["bytes"] == other["bytes"]
    assert own["nats"] != other["nats"]
    assert result["summary"]["kinds"]["all"]["pairs"] == 2
    assert markdown.strip() in page.read_text()

    lines = results.read_text()
    again, _ = bench("personal.py", *command)
    assert results.read_text() == lines
    assert again["cells"] == result["cells"]


def test_a_home_is_not_taken_for_one_of_other_minutes(tmp_path: Path) -> None:
    import kept_homes

    place = tmp_path / "panza-ada"
    place.mkdir()
    (place / kept_homes.COLLECTED).write_text(json.dumps({"asked": "pocket", "base": {}}))
    made: dict[str, Any] = {"person": "panza-ada", "folder": "", "base": {}}
    made |= {"minutes": 1.0, "adapter": "a" * 12, "status": "promoted"}
    (place / kept_homes.TRAINED).write_text(json.dumps(made))
    same = kept_homes.trained(place, "pocket", 1.0, tmp_path)
    assert same.home.path == place / "home"
    with pytest.raises(SystemExit, match=r"an adapter of 1 min\. Name another"):
        kept_homes.trained(place, "pocket", 2.0, tmp_path)
    with pytest.raises(SystemExit, match="was made for the base pocket"):
        kept_homes.trained(place, "other.gguf", 1.0, tmp_path)


@pytest.mark.parametrize(
    ("person", "kind"),
    [("enron-ada-l", "mail"), ("panza-bo", "mail"), ("diary-cy", "letters and a diary")],
)
def test_the_kind_is_told_by_the_folder(person: str, kind: str) -> None:
    import kept_homes

    assert kept_homes.kind_of(person) == kind
    assert kept_homes.kind_of("memo-dee") == "memo"
