"""Drafts prepared by a real daemon while nobody is there, and preparing that is sent away."""

import signal
from pathlib import Path

import pytest

from tests.cli.residents import in_state, resident, terminated, until
from tests.cli.running import PATIENCE_S, assert_whole, facts, start
from tests.cli.test_cli_today import MAILS, inbox
from tests.collectors.letters import ME

UNDISTURBED = ("idle_load=100", "idle_minutes=0", "battery_percent=0", "new_words=1000000")


@pytest.fixture
def with_inbox(collected: Path, tmp_path: Path) -> Path:
    """A home with nothing to train, in whose inbox three messages wait."""
    facts("sources", "add", inbox(tmp_path, "mbox", MAILS[:3]), "--context", "--me", ME)
    return collected


@pytest.mark.timeout(900)
def test_the_daemon_prepares_drafts_and_then_rests(with_inbox: Path) -> None:
    facts("daemon", "settings", *UNDISTURBED)
    with resident() as process:
        until(lambda: facts("today")["total"] == 3, "the messages")
        until(lambda: all(one["draft"] for one in facts("today")["waiting"]), "the drafts")
        in_state("watching")
        out = terminated(process)
    assert "prepared 3 drafts" in out
    assert facts("today", "prepare")["prepared"] == 0
    assert_whole(with_inbox)


@pytest.mark.timeout(900)
def test_sent_away_it_keeps_what_is_whole(with_inbox: Path) -> None:
    facts("collect")
    slow = (
        "import sys\n"
        "from microtune_adapters.drafting import Drafter\n"
        "draft = Drafter.draft\n"
        "def slowly(self, request, adapter, sampling, write, passages=None):\n"
        "    def wait(piece):\n"
        "        print(piece, flush=True); sys.stdin.readline(); write(piece)\n"
        "    return draft(self, request, adapter, sampling, wait, passages)\n"
        "Drafter.draft = slowly\n"
    )
    with start("today", "prepare", before=slow) as process:
        assert process.stdout
        process.stdout.readline()  # the first piece of the first draft
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(b"\n" * 1000, timeout=PATIENCE_S)  # and now the others
        assert process.returncode == 75
    assert b"Run the same command to go on" in err
    assert [one["draft"] for one in facts("today")["waiting"]] == [None, None, None]
    assert facts("today", "prepare")["prepared"] == 3
    assert_whole(with_inbox)
