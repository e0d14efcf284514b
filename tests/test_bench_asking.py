"""The benchmark of asking makes questions whose answer is known, and counts what came of them."""

import json
from pathlib import Path

from tests.house.test_bench import bench
from tests.microtune.invented import letter

LETTERS = 24


def write_people(folder: Path) -> None:
    for name, first in (("ada", 0), ("bo", 500)):
        (folder / name).mkdir(parents=True)
        records = (
            {"subject": f"Letter {n}", "email": letter(n)} for n in range(first, first + LETTERS)
        )
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / name / "emails.jsonl").write_text(lines)


def test_questions_are_asked_and_counted(tmp_path: Path) -> None:
    people, page = tmp_path / "people", tmp_path / "page.md"
    write_people(people)
    page.write_text("Before.\n<!-- asking:begin -->\nold\n<!-- asking:end -->\nAfter.\n")
    result, markdown = bench(
        "asking.py", people, "--questions", 5, "--tuned-on", "bo", "--docs", page
    )
    rows = {(row["person"], row["form"]): row for row in result["rows"]}
    assert {person for person, _ in rows} == {"ada", "bo"}
    known = rows["ada", "some words"]
    assert known["asked"] == 5
    assert 0 < known["first"] <= known["among"] <= 5 - known["nothing"]
    nowhere = rows["ada", "a name that is nowhere"]
    assert (nowhere["first"], nowhere["nothing"]) == (0, 5)
    assert [row["tuned"] for row in result["rows"]].count(True) > 0
    assert markdown.strip() in page.read_text()
    assert "1 people on whom nothing was chosen" not in markdown
    assert "1 person on whom nothing was chosen" in markdown
