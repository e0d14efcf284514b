"""Recipes of others: prompts, schedules and batches, and how microtune is held against them."""

from pathlib import Path
from typing import Any

import pytest

from microtune.words import Document
from tests.house.test_bench import BENCH, bench
from tests.microtune.invented import letter
from tests.test_bench_personal import write_people
from tests.tiny import tiny_base


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


MAIL = Document(
    "\n\n".join(letter(number, sentences=12) for number in range(2)),
    *("mail", "sent", "1"),
    recipients=("bo@example.org",),
    subject="The old ferry",
    answered="When does the ferry leave?",
)


def test_panzamails_prompt_tells_what_ours_tells() -> None:
    from recipes import panzamail

    first, second = panzamail.examples(MAIL, None, 9)
    (turn,) = first.turns
    assert turn.role == "user"
    assert turn.content.startswith(panzamail.ROLE)
    assert "When does the ferry leave?" in turn.content
    last = turn.content.splitlines()[-1]
    assert last.startswith(
        'Instruction: Write an email to bo@example.org with the subject "The old'
    )
    assert f"in about {len(first.answer.split())} words" in last
    assert first.answer[-200:] in second.turns[0].content
    assert "E-MAIL CONTENT" not in turn.content
    assert "to bo@example.org" not in second.turns[0].content
    assert f"{first.answer}\n\n{second.answer}" == MAIL.text


def test_panzamail_retrieves_three_at_most() -> None:
    from recipes import panzamail

    def nearest(query: str, leave_out: str) -> list[str]:
        assert leave_out == MAIL.id
        return [f"Passage {number}." for number in range(5)]

    content = panzamail.examples(MAIL, nearest, 1)[0].turns[0].content
    assert content.count("E-MAIL CONTENT:") == 3
    assert content.index("Passage 2.") < content.index("When does") < content.index("Instruction:")


def test_retrieval_alone_brings_five_passages() -> None:
    from recipes import retrieval

    made = retrieval.examples(MAIL, lambda query, out: [f"P{n}." for n in range(9)], 3)
    assert [one.turns[0].role for one in made] == ["system", "system"]
    assert "P4." in made[0].turns[0].content
    assert "P5." not in made[0].turns[0].content


def test_the_linear_schedule_goes_up_and_down() -> None:
    from recipes.rival import linear

    rates = [linear(4, step, 20) for step in range(21)]
    assert rates[0] == rates[-1] == 0
    assert max(rates) == rates[4] == 1
    assert rates[12] == pytest.approx(0.5)


def test_an_adam_that_corrects_nothing_begins_faster() -> None:
    from recipes.rival import uncorrected

    assert uncorrected((0.9, 0.999), 0) == pytest.approx(0.1 / 0.001**0.5)
    assert uncorrected((0.9, 0.999), 100_000) == pytest.approx(1)


def test_recipes_run_to_the_end_that_their_authors_gave() -> None:
    from recipes import RIVALS

    ends = {name: rival.own_end(100) for name, rival in RIVALS.items()}
    assert ends == {"PanzaMail": 5 * 13, "mlx-lm": 1000, "Unsloth Studio": 30}


def test_mlx_lms_batches_hold_like_lengths_and_no_remainder() -> None:
    from itertools import islice

    from recipes import RIVALS
    from recipes.runner import batches

    from microtune_adapters.rows import Encoded

    made = [Encoded(tuple(range(length)), 1) for length in range(2, 12)]
    first = list(islice(batches(RIVALS["mlx-lm"], made), 2))
    lengths = sorted([len(one.ids) for one in batch] for batch in first)
    assert lengths == [[2, 3, 4, 5], [6, 7, 8, 9]]
    epoch = list(islice(batches(RIVALS["PanzaMail"], made), 2))
    assert sorted(len(one.ids) for batch in epoch for one in batch) == list(range(2, 12))


@pytest.mark.parametrize("name", ["PanzaMail", "mlx-lm", "Unsloth Studio"])
def test_loss_falls_on_what_a_recipe_says(name: str) -> None:
    from recipes import RIVALS
    from recipes.runner import _tensors

    from microtune_adapters.rows import Encoded

    part = [Encoded((5, 6, 7, 8), 2), Encoded((5, 9), 1)]
    ids, wanted = _tensors(RIVALS[name], part)
    assert ids.tolist() == [[5, 6, 7, 8], [5, 9, 0, 0]]
    first = [6, 7, 8, -100] if name == "mlx-lm" else [-100, 7, 8, -100]
    assert wanted.tolist() == [first, [9, -100, -100, -100]]


def row(person: str, contestant: str, **bits: float) -> dict[str, Any]:
    every = {"base": 2.0, "base_rag": 2.0, **bits}
    figures = {"steps": 3, "seconds": 1.0}
    return {"person": person, "contestant": contestant, "bits_per_byte": every, **figures}


def test_a_rival_is_taken_at_its_best_and_microtune_as_it_serves() -> None:
    import rivals_tables

    rows = [
        row("ada", "microtune", adapter=1.0, adapter_rag=1.4),
        row("bo", "microtune", adapter=1.0, adapter_rag=1.4),
        row("ada", "PanzaMail|end", adapter=1.9, adapter_rag=1.8, own=1.3, own_rag=1.6),
        row("bo", "PanzaMail|end", adapter=1.9, adapter_rag=1.7, own=1.8, own_rag=1.8),
        row("ada", "retrieval", five=1.9),
    ]
    sums = rivals_tables.summary(rows)
    assert sums["contestants"]["PanzaMail|end"]["microtune_lower"] == 1
    assert sums["contestants"]["PanzaMail|end"]["reduction"] == pytest.approx(0.25)
    assert sums["contestants"]["retrieval"]["reduction"] == pytest.approx(0.05)
    assert sums["times_the_best"] == pytest.approx(0.3 / 0.25)
    about = {"part": "report", "minutes": 2, "longest": 30, "rows": rows, "summary": sums}
    markdown = rivals_tables.markdown(about)
    assert "| PanzaMail, own end | 25.0% | 1 of 2 |" in markdown
    assert "| bo | 2.000 | 1.400 | 1.700 |  |" in markdown


def test_others_train_on_the_same_texts_and_are_scored_by_the_same_engine(tmp_path: Path) -> None:
    people = write_people(tmp_path / "people", "panza-ada")
    results, page = tmp_path / "rivals.jsonl", tmp_path / "page.md"
    page.write_text("<!-- recipe-rivals:begin -->\n<!-- recipe-rivals:end -->\n")
    command: tuple[object, ...] = (people, "--base", tiny_base(tmp_path / "tiny.gguf"))
    command += ("--minutes", "0.01", "--longest", "0.1", "--part", "tune", "--docs", page)
    command += ("--work", tmp_path / "homes", "--results", results, "--contestants")
    contestants = ("microtune", "retrieval", "PanzaMail|end", "mlx-lm|time")

    result, markdown = bench("rivals.py", *command, *contestants)

    rows = {r["contestant"]: r for r in result["rows"]}
    assert set(rows) == set(contestants)
    assert len({r["bits_per_byte"]["base_rag"] for r in rows.values()}) == 1
    assert {"own", "own_rag"} <= rows["PanzaMail|end"]["bits_per_byte"].keys()
    assert rows["mlx-lm|time"]["bits_per_byte"]["adapter"] > 0
    assert "| mlx-lm, same time |" in markdown
    assert markdown.strip() in page.read_text()

    lines = results.read_text()
    bench("rivals.py", *command, *contestants)
    assert results.read_text() == lines
