"""The study of recipes: who sees what, what its variants change, and how its tables add up."""

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from microtune_adapters.recipes import Recipe, choose_recipe, learning_rate
from microtune_adapters.torch_base import load_torch_base
from tests.house.test_bench import BENCH, bench
from tests.microtune.invented import document, letter
from tests.tiny import tiny_base


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


def now() -> Recipe:
    return choose_recipe(words=1000, parameters=10**6, context=512, minutes=1)


LETTERS = [document(letter(number), f"{number}.txt") for number in range(100)]
ONE = document("\n\n".join(letter(n, sentences=12) for n in (200, 201)), "one.txt")


def test_who_tunes_is_never_measured_on_held_out_texts() -> None:
    import study_data

    tuning = study_data.roles(LETTERS, "tune", most=99)
    assert {*tuning.studied, *tuning.watched} == set(LETTERS[:80])
    assert list(tuning.scored) == LETTERS[80:90]
    reporting = study_data.roles(LETTERS, "report", most=99)
    assert {*reporting.studied, *reporting.watched} == set(LETTERS[:90])
    assert list(reporting.scored) == LETTERS[90:]


def test_few_documents_are_the_newest_ones_and_measured_on_the_same_texts() -> None:
    import study_data

    few = study_data.roles(LETTERS, "tune", most=5, newest=10)
    assert {*few.studied, *few.watched} == set(LETTERS[70:80])
    assert few.scored == study_data.roles(LETTERS, "tune", most=5).scored
    assert len(few.scored) == 5


def test_retrieval_is_asked_once_for_the_same() -> None:
    import study_data

    asked: list[str] = []

    def nearest(query: str, _leave_out: str) -> list[str]:
        asked.append(query)
        return [query.upper()]

    remembered = study_data.Remembered(nearest)
    assert remembered("a", "1") == remembered("a", "1") == ["A"]
    remembered("a", "2")
    assert asked == ["a", "a"]


@pytest.mark.parametrize("form", ["mixture", "as scored", "brief", "answer", "continue"])
@pytest.mark.parametrize("passages", [None, 0, 1])
def test_each_form_tells_all_of_a_text_and_passages_as_asked(
    form: Any, passages: float | None
) -> None:
    import study_examples

    nearest = lambda query, leave_out: ["A passage."]  # noqa: E731
    made = [*study_examples.examples([ONE, *LETTERS[:9]], nearest, 0, 0, form, passages)]
    told = " ".join(sorted(word for one in made for word in one.answer.split()))
    texts = [ONE.text, *(d.text for d in LETTERS[:9])]
    assert told == " ".join(sorted(word for text in texts for word in text.split()))
    with_passages = [one.turns[0].role == "system" for one in made]
    if passages == 1:
        assert all(with_passages)
    elif passages == 0 or form != "mixture":
        assert not any(with_passages)
    else:
        assert any(with_passages)
        assert not all(with_passages)
    again = study_examples.examples([ONE, *LETTERS[:9]], nearest, 0, 0, form, passages)
    assert made == [*again]


@pytest.mark.parametrize("form", ["mixture", "as scored"])
def test_passages_are_found_only_for_examples_that_are_taken(form: Any) -> None:
    import study_examples

    asked: list[str] = []

    def nearest(query: str, _leave_out: str) -> list[str]:
        asked.append(query)
        return ["A passage."]

    made = study_examples.examples(LETTERS, nearest, 0, 0, form, passages=1)
    assert not asked
    next(made)
    assert len(asked) == 1


def test_a_continuation_sees_what_came_before_and_nothing_else() -> None:
    import study_examples

    nearest = lambda query, leave_out: []  # noqa: E731
    made = study_examples.examples([ONE], nearest, 0, 0, "continue")
    later = next(one for one in made if one.answer[:40] not in ONE.text[:50])
    assert "About:" not in later.turns[-1].content
    assert letter(200, sentences=12)[-40:] in later.turns[-1].content


def test_variants_are_told_apart_by_all_that_they_change() -> None:
    import study_variants

    settings = [json.dumps(v.settings()) for v in study_variants.VARIANTS.values()]
    assert len(set(settings)) == len(settings)
    assert [v.name for v in study_variants.chosen(["DoRA", "now", "DoRA"])] == ["DoRA", "now"]
    with pytest.raises(KeyError, match="nothing of the kind"):
        study_variants.chosen(["now", "nothing of the kind"])


def test_alpha_follows_the_rank_where_a_variant_says_how() -> None:
    import study_trainer
    from study_variants import VARIANTS

    small = study_trainer.recipe_of(VARIANTS["rank 8"], now())
    assert small.alpha / small.rank == now().alpha / now().rank
    rooted = study_trainer.recipe_of(VARIANTS["rsLoRA, rank 8"], now())
    assert rooted.alpha / rooted.rank == pytest.approx(32 / math.sqrt(8), rel=0.01)


def test_other_batches_see_as_many_rows() -> None:
    import study_trainer
    from study_variants import VARIANTS

    recipe = now()
    other = study_trainer.recipe_of(VARIANTS["batch 4"], recipe)
    assert study_trainer.steps_of(recipe, 30, recipe.batch, 999) * recipe.batch == 60
    assert study_trainer.steps_of(other, 30, recipe.batch, 999) * other.batch == 60
    assert study_trainer.steps_of(recipe, 30, recipe.batch, 7) == 3


def test_the_cosine_ends_where_the_products_schedule_does() -> None:
    import study_trainer

    rates = [study_trainer.cosine(now(), step, 100) for step in range(100)]
    assert max(rates) == pytest.approx(now().learning_rate, rel=0.01)
    assert rates[-1] == pytest.approx(learning_rate(now(), 100, 100), rel=0.01)
    assert rates.index(max(rates)) < 10


@pytest.mark.parametrize(
    "name", ["now", "last 1", "DoRA", "PiSSA, not held", "LoRA+, B × 4", "cosine"]
)
def test_variants_of_peft_train_and_are_scored(tmp_path: Path, name: str) -> None:
    import study_scoring
    import study_trainer
    from study_variants import VARIANTS

    from microtune_adapters.examples import heldout_examples
    from microtune_adapters.rows import encoded, packed

    base = load_torch_base(tiny_base(tmp_path / "tiny.gguf"))
    asked = [e for d in LETTERS[:4] for e in heldout_examples(d, None)]
    scored = study_scoring.scored(base.codec, asked, 512)
    before = study_scoring.bits_per_byte(base.model, scored)
    recipe = study_trainer.recipe_of(VARIANTS[name], now())
    made = [encoded(base.codec, e, 256) for d in LETTERS[:8] for e in heldout_examples(d, None)]
    rows = packed(made, 256)
    trainer = study_trainer.StudyTrainer(base.model, recipe, tmp_path, VARIANTS[name], 8, None)
    trainer.train(rows, rows.take(slice(0, 2)), 8, lambda _: None, lambda: False)
    after = study_scoring.bits_per_byte(trainer.model, scored)
    assert after < before
    assert ("layers.0." in "".join(trainer.weights)) == (name != "last 1")
    rates = {group["lr"] for group in trainer.optimiser.param_groups}
    assert (max(rates) / min(rates) == pytest.approx(4)) == (name == "LoRA+, B × 4")


def row(person: str, variant: str, base_rag: float, adapter_rag: float) -> dict[str, Any]:
    bits = {"base": 2.0, "base_rag": base_rag, "adapter": 1.0, "adapter_rag": adapter_rag}
    general = {"base": 1.0, "adapter": 1.01}
    figures = {"seconds": 10.0, "steps_taken": 5, "general": general, "strength": 1.0}
    return {"person": person, "variant": variant, "bits_per_byte": bits, **figures}


def test_a_variant_is_compared_with_now_person_by_person() -> None:
    import study_tables

    rows = [
        *(row("ada", "now", 2.0, 1.0), row("bo", "now", 2.0, 1.6)),
        *(row("ada", "last 3", 2.0, 0.9), row("bo", "last 3", 2.0, 1.68)),
        row("cy", "last 3", 1.0, 1.1),
    ]
    of = study_tables.summary("last 3", rows)
    assert (of["people"], of["both"], of["wins"], of["better"]) == (3, 2, 1, 2)
    assert of["gain"] == pytest.approx((0.1 - 0.05) / 2)
    assert of["reduction"] == pytest.approx((0.55 + 0.16 - 0.1) / 3)
    assert of["seconds_a_step"] == 2.0
    about = {"part": "tune", "steps": 5, "texts": 9, "rows": rows}
    assert study_tables.sections("tune", rows) == ["recipe-tune"]
    assert "| last 3 | layers |" in study_tables.markdown("recipe-tune", about)


def test_sizes_have_a_section_of_their_own() -> None:
    import study_tables

    rows = [row("ada", "now", 2.0, 1.0), row("ada", "newest 25", 2.0, 1.5)]
    assert study_tables.sections("tune", rows) == ["recipe-sizes"]
    assert study_tables.sections("report", rows) == ["recipe-report", "recipe-sizes"]
    about = {"part": "report", "steps": 5, "texts": 9, "rows": rows}
    assert "newest 25" not in study_tables.markdown("recipe-report", about)


def test_processes_end_at_the_deadline() -> None:
    import study_children

    program = "import time; print(1, flush=True); time.sleep(60)"
    with study_children.Children(2.0) as children:
        command = [sys.executable, "-c", program]
        assert list(children.lines(command, os.environ)) == ["1\n"]
        assert list(children.lines(command, os.environ)) == []


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """Of ada and bo, for two steps of a few variants."""
    people = tmp_path / "people"
    for name in ("ada", "bo", "cy"):
        (people / name).mkdir(parents=True)
        for number in range(40):
            (people / name / f"{number:02}.txt").write_text(letter(number))
    command = (people, "--base", tiny_base(tmp_path / "tiny.gguf"), "--steps", 2, "--texts", 2)
    folders = ("--work", tmp_path / "homes", "--packs", tmp_path / "packs")
    said, _ = bench("study_packs.py", *command, *folders, "--variants", "last 1")
    assert said["person"] == "ada"
    return tmp_path / "packs"


def test_the_study_goes_on_where_it_was(tmp_path: Path, packs: Path) -> None:
    results, page = tmp_path / "study.jsonl", tmp_path / "page.md"
    page.write_text("<!-- recipe-tune:begin -->\n<!-- recipe-tune:end -->\n")
    command: tuple[object, ...] = (packs, "--base", tmp_path / "tiny.gguf", "--steps", 2)
    command += ("--results", results, "--docs", page, "--variants", "last 1")

    result, markdown = bench("recipe_study.py", *command, "form: brief", "--at-once", 2)

    rows = [(row["person"], row["variant"]) for row in result["rows"]]
    assert rows == [(person, name) for person in ("ada", "bo") for name in ("now", "last 1")]
    assert all(r["steps_taken"] == 2 and r["device"] == "cpu" for r in result["rows"])
    assert markdown.strip() in page.read_text()
    lines = results.read_text()
    again, _ = bench("recipe_study.py", *command, "--only", "ada")
    assert results.read_text() == lines
    assert again["rows"] == result["rows"][:2]
