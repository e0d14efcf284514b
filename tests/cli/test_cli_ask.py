"""`ask`: quotes of one's own texts with their sources, or an honest nothing."""

from pathlib import Path

import pytest

from tests.cli.running import facts, run, run_apart
from tests.collectors.letters import ME, mail, write_mbox

TEXTS = {
    "flat": "Thank you for waiting. I will have the lease signed by Friday, whatever comes.",
    "choir": "The choir sings on Sunday, and the whole parish is invited to hear us this time.",
    "plums": "Your plums arrived yesterday in good order. We shall make jam of them all week long.",
}


@pytest.fixture
def letters(own_home: Path, tmp_path: Path) -> Path:
    """Three letters of Ann's to Ben and Carol are collected."""
    path = tmp_path / "Sent.mbox"
    messages = {name: mail(name, text).as_bytes() for name, text in TEXTS.items()}
    write_mbox(path, messages)
    facts("sources", "add", path, "--me", ME)
    assert facts("collect")["new"] == len(TEXTS)
    return path


def test_a_question_is_answered_with_a_quote_and_its_source(letters: Path) -> None:
    said = facts("ask", "what did I promise Ben about the lease?")
    [answer] = said["answers"]
    assert answer["quote"] == "I will have the lease signed by Friday, whatever comes."
    assert answer["passage"] == TEXTS["flat"]
    assert TEXTS["flat"][answer["start"] : answer["end"]] == answer["quote"]
    assert answer["recipients"] == ["Ben Ó Briain <ben@example.com>", "carol@example.com"]
    assert answer["subject"] == "About flat"
    assert answer["written"].startswith("2000-05-02")
    assert answer["where"].startswith(str(letters))
    assert {"word": "lease", "where": "quote"}.items() <= answer["matches"][-1].items()
    assert said["unknown"] == []
    shown = run("ask", "what did I promise Ben about the lease?").out
    assert shown.startswith("1. “I will have the lease signed by Friday, whatever comes.”\n")
    assert "2 May 2000, to Ben Ó Briain <ben@example.com>, carol@example.com, “About flat”" in shown
    assert f"   {letters}" in shown


def test_where_nothing_is_found_it_says_so(letters: Path) -> None:
    said = facts("ask", "did I ever buy a submarine?")
    assert (said["answers"], said["unknown"]) == ([], ["buy", "submarine"])
    ran = run("ask", "what did I promise Zebedee about the lease?")
    assert ran.code == 0
    assert ran.out == "Nothing found.\nNowhere in your texts: Zebedee.\n"
    assert facts("ask", "the lease in March 1999")["answers"] == []


def test_the_limit_is_kept(letters: Path) -> None:
    question = "what did I write to Ben in May 2000?"
    assert len(facts("ask", question)["answers"]) == 3
    assert len(facts("ask", question, "--limit", 2)["answers"]) == 2
    assert run("ask", question, "--limit", 0).code == 2


def test_a_forgotten_text_is_not_quoted(letters: Path) -> None:
    assert facts("ask", "who sings in the choir?")["answers"]
    facts("forget", "choir sings", "--yes")
    said = facts("ask", "who sings in the choir?")
    assert (said["answers"], said["unknown"]) == ([], ["sings", "choir"])


def test_without_texts_or_question_there_is_a_remedy(own_home: Path) -> None:
    assert "microtune collect" in run("ask", "the lease").reason
    assert run("ask", " ").reason == "there is nothing to look for. Ask in a few words."


def test_no_engine_is_loaded(letters: Path) -> None:
    before = "import sys; sys.modules.update({'llama_cpp': None, 'torch': None, 'numpy': None})"
    ran = run_apart("ask", "the lease", "--json", before=before)
    assert (ran.code, ran.err) == (0, "")
    assert ran.facts["answers"]
