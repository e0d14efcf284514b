"""Whether drafts sound like somebody: the verifier, the figures, their tables and the program."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from microtune.locations import Home
from microtune.words import Document, Source
from microtune_adapters.gguf_inspect import inspect_base
from microtune_tui.wiring import Wiring
from tests.house.test_bench import BENCH, bench
from tests.invented_voices import MANNERS, said
from tests.tiny import tiny_base
from tests.tui.homes import with_adapter

FOLDER = Source("folder", "letters")


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


def letters(name: str, first: int, count: int) -> list[Document]:
    return [
        Document(said(name, n), "mail", FOLDER.id, f"{name}-{n}.eml", subject=f"Letter {n}")
        for n in range(first, first + count)
    ]


def all_texts() -> list[Any]:
    from voice_texts import Texts
    from voices.verifier import Author

    return [
        Texts(
            author=Author(
                name,
                "mail",
                references=tuple(said(name, n) for n in range(20)),
                practice=tuple(said(name, n) for n in range(20, 30)),
            ),
            held_out=tuple(letters(name, 30, 10)),
            training=tuple(said(name, n) for n in range(30)),
        )
        for name in MANNERS
    ]


@pytest.mark.parametrize("person", MANNERS)
def test_a_verifier_accepts_a_person_whom_it_never_met_and_nobody_else(person: str) -> None:
    from voices.verifier import Verifier

    verifier = Verifier([one.author for one in all_texts()], person)
    own = [said(person, n) for n in range(40, 60)]
    others = [(said(name, n), name) for name in MANNERS if name != person for n in range(40, 50)]
    assert sum(odds > 0 for odds in verifier.log_odds(own, [person] * len(own))) >= 18
    odds = verifier.log_odds([text for text, _ in others], [name for _, name in others])
    assert sum(one > 0 for one in odds) <= 0.1 * len(odds)
    assert verifier.log_odds([], []) == []


def test_drafts_in_their_manner_are_told_from_drafts_in_anothers() -> None:
    from voice_figures import figures

    everybody = all_texts()
    drafts = {
        "base": [said("bo", n) for n in range(60, 70)],
        "base_rag": [""] * 10,
        "adapter": [said("cy", n) for n in range(60, 70)],
        "adapter_rag": [said("cy", n) for n in range(10)],
    }
    found = figures(everybody[2], everybody, drafts)

    rows = found["rows"]
    assert rows["base"]["accepted"] <= 0.1
    assert rows["adapter"]["accepted"] >= 0.9
    assert found["auc"] > 0.95
    assert rows["adapter"]["nearer"] > 0.95 > 0.7 > rows["base"]["nearer"]
    assert rows["adapter"]["mauve"] > 0.8 > 0.4 > rows["base"]["mauve"]
    assert (rows["adapter"]["greeting"], rows["base"]["greeting"]) == (1, 0)
    assert (rows["adapter"]["sign_off"], rows["base"]["sign_off"]) == (1, 0)
    assert rows["adapter"]["chrf"] > rows["base"]["chrf"] > rows["base_rag"]["chrf"] == 0
    assert rows["adapter_rag"]["copied_share"] == 1  # these were trained on
    assert rows["adapter_rag"]["copied_mean"] > 15
    assert "copied_mean" not in rows["own"]
    assert "chrf" not in rows["real"]
    assert (found["texts"], found["strangers"], len(found["odds"]["others"])) == (10, 50, 50)


def test_auc_counts_pairs_and_half_of_the_ties() -> None:
    from voice_figures import auc

    assert auc([1, 2], [0, 0.5]) == 1
    assert auc([1, 2], [2, 3]) == pytest.approx(0.125)
    assert auc([], [1]) is None


def row(person: str, accepted: float, copied: int) -> dict[str, Any]:
    """A person's figures as they are published; only some sets of texts."""
    one = {"accepted": accepted, "nearer": 0.5, "mauve": 0.25, "copied_longest": copied}
    rows = {"base": one, "others": {"accepted": 0.1, "nearer": None}}
    base = {"base": "pocket", "parameters": 6_600_000, "sha256": "c" * 64}
    about = {"person": person, "status": "promoted", "base": base, "seconds": {"drafts": 61.4}}
    return {**about, "rows": rows, "auc": 0.875, "texts": 40, "strangers": 237}


def test_tables_show_means_over_people_and_each_ones_verifier() -> None:
    from voice_tables import markdown

    rows = [row("ada", 0.25, 7), row("bo", 0.75, 9), {"person": "cy", "failed": "no base"}]
    text = markdown({"minutes": 1.0, "texts": 40, "learned_on": 15, "people": rows})

    assert "Means over 2 people" in text
    assert "| the base | 50% | 50% | 0.25 |  |  |  |  |" in text
    assert "| the base |  |  |  | 9 |  |" in text  # the longest of all
    assert "| texts of others | 10% |  |" in text
    assert "| ada | promoted | 40 | 237 | 0.88 | 25% |  |  |  |  |  | 10% | 61 |" in text
    assert text.endswith("Not measured:\n\n- cy: no base")
    assert "Means" not in markdown({"people": rows[2:]})


def kept_home(place: Path, name: str, base: Path, adapter: bool) -> None:
    """A home as the benches keep it, without the minutes that making it takes."""
    import kept_homes

    wiring = Wiring(Home(place / "home"))
    wiring.choose_base(str(base))
    with wiring.store() as store:
        consent = store.sources.add(FOLDER, "test")
        for document in letters(name, 0, 30):
            store.documents.put(document, None, consent)
    about = {"base": "tiny", "sha256": inspect_base(base).sha256, "parameters": 1000}
    (place / kept_homes.COLLECTED).write_text(json.dumps({"asked": str(base), "base": about}))
    if adapter:
        made = with_adapter(wiring, place, base)
        kept = kept_homes.Kept(name, "", about, 1.0, made, "promoted")
        (place / kept_homes.TRAINED).write_text(json.dumps(asdict(kept)))


def test_the_program_goes_on_after_the_last_drafts(tmp_path: Path) -> None:
    base, work, people = tiny_base(tmp_path / "tiny.gguf"), tmp_path / "work", tmp_path / "people"
    for name in ("ada", "bo", "cy", "dee", "eve"):
        (people / f"memo-{name}").mkdir(parents=True)
        kept_home(work / f"memo-{name}", name, base, adapter=name == "cy")
    results, page = tmp_path / "voice.jsonl", tmp_path / "page.md"
    page.write_text("Before.\n<!-- voice:begin -->\nold\n<!-- voice:end -->\nAfter.\n")
    command: tuple[object, ...] = (people, "--base", base, "--texts", 2, "--work", work)
    command += ("--results", results, "--docs", page)

    result, markdown = bench("voice.py", *command)  # who reports of the five: the third

    (cy,) = result["people"]
    assert (cy["person"], cy["texts"], result["learned_on"]) == ("memo-cy", 2, 4)
    assert (cy["auc"], cy["strangers"]) == (1, 8)
    assert len(cy["rows"]) == 7
    assert cy["seconds"]["drafts"] > 0
    assert markdown.strip() in page.read_text()
    drafts, figures = map(json.loads, results.read_text().splitlines())
    assert [len(some) for some in drafts["drafts"].values()] == [2] * 4
    assert len(figures["figures"]["odds"]["adapter"]) == 2

    lines = results.read_text()
    again, _ = bench("voice.py", *command)
    assert results.read_text() == lines
    assert again["people"][0]["rows"] == cy["rows"]
    assert again["people"][0]["seconds"]["drafts"] == cy["seconds"]["drafts"]
