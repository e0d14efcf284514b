"""`why`: which own texts a draft drew on, what they have in common, and what was copied."""

from pathlib import Path

import pytest

from microtune.drafts import Draft
from microtune.locations import Home
from microtune.store import Store
from tests.cli.running import facts, run
from tests.cli.test_cli_drafts import newest
from tests.microtune.invented import letter

WRITE = ("write", "Mend the lantern near our harbour.", "--length", "5")


@pytest.fixture
def copying(collected: Path) -> Draft:
    """A draft that begins with a sentence of a letter that it drew on, as a base may well do."""
    facts(*WRITE)
    made = newest(collected)
    with Store.open(Home(collected)) as store:
        drawn = store.documents.get(made.retrieved[0].document)
        copy = f"{drawn.text.split('.')[0]}. Nothing else was copied."
        return store.drafts.record(
            Draft(
                made.command,
                made.request,
                copy,
                made.base,
                "",
                made.sampling,
                made.generated,
                made.retrieved,
            )
        )


def test_the_last_draft_is_traced_to_its_passages(collected: Path) -> None:
    made = facts(*WRITE)
    said = facts("why", "last")
    assert said["draft"] == made["draft"]
    assert said["text"] == newest(collected).text
    assert [(one["document"], one["text"], one["score"]) for one in said["retrieved"]] == [
        (one["document"], one["text"], one["score"]) for one in made["retrieved"]
    ]
    for one in said["retrieved"]:
        assert one["state"] == "in use"
        assert {"harbour", "lantern"} & set(one["asked"])
        assert "Sent.mbox#letter-" in one["where"]
        assert one["subject"].startswith("About letter-")
    assert facts("why", made["draft"][:5])["draft"] == made["draft"]


def test_what_was_copied_is_told(copying: Draft) -> None:
    said = facts("why", copying.id)
    sentence, rest = copying.text.split(". ")
    assert said["copied"]["text"] == sentence
    assert said["copied"]["words"] == len(sentence.split())
    assert said["copied"]["document"] == said["retrieved"][0]["document"]
    assert said["phrases"][0]["text"] == sentence
    assert {common["word"] for common in said["retrieved"][0]["common"]} <= set(sentence.split())
    shown = run("why", copying.id).out
    assert f"at most {len(sentence.split())} words in a row, “{sentence}”" in shown
    assert "in common: " in shown
    assert "\n1. " in shown
    second = facts("why", copying.id, "--sentence", 2)
    assert (second["text"], second["copied"]) == (rest, None)
    assert "No three words in a row are copied" in run("why", "last", "--sentence", 2).out
    words = facts("why", copying.id, "--text", "else  was")
    assert copying.text[words["start"] : words["end"]] == "else was"


def test_a_text_out_of_use_and_a_forgotten_one_are_told(copying: Draft, mailbox: Path) -> None:
    facts("sources", "remove", mailbox)
    said = facts("why", copying.id)
    assert {one["state"] for one in said["retrieved"]} == {"withdrawn"}
    assert said["retrieved"][0]["text"]
    assert "its source is none any more" in run("why", copying.id).out
    with Store.open(Home.find(None)) as store:  # as when it was forgotten while the engine wrote
        store.kept.erase([copying.retrieved[0].document])
    said = facts("why", copying.id)
    assert [one["state"] for one in said["retrieved"]].count("forgotten") == 1
    assert said["retrieved"][0]["text"] == ""
    assert "1. a text that was forgotten since; nothing of it is kept." in run("why", "last").out


def test_forgetting_takes_the_draft_itself(copying: Draft) -> None:
    facts("forget", copying.retrieved[0].document, "--yes")
    assert "there is no draft" in run("why", copying.id).reason


def test_what_is_not_there_has_a_remedy(collected: Path) -> None:
    assert run("why", "last").reason.startswith("there is no draft yet")
    assert "there is no draft 'abcd'" in run("why", "abcd").reason
    facts("rewrite", _note(collected))
    assert "count" in run("why", "last", "--sentence", 99).reason.casefold()
    assert "does not say 'submarines'" in run("why", "last", "--text", "submarines").reason
    assert run("why", "last", "--text", "a", "--sentence", 1).code == 2


def _note(home: Path) -> Path:
    path = home / "note.txt"
    path.write_text(letter(3, sentences=1))
    return path
