"""`train` typed again: it goes on with what is new, or says that nothing is."""

from pathlib import Path

from tests.cli.conftest import MINUTES
from tests.cli.running import assert_whole, facts, run
from tests.collectors.letters import ME, mail, write_mbox
from tests.microtune.invented import letter


def test_nothing_new_is_said_in_a_line(trained: Path) -> None:
    active = facts("status")["active"]
    for dry in ([], ["--dry-run"]):
        ran = run("train", *dry)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"Nothing new since adapter {active}. ")
        assert ran.out.count("\n") == 1
        assert "--anew" in ran.out
    said = facts("train")
    assert (said["status"], said["adapter"], said["how"]) == ("nothing new", active, None)
    assert (said["seconds"], said["tokens"], said["new_documents"]) == (0, 0, 0)
    assert said["heldout"]["adapter_rag"] > 0
    assert said["peak_rss_mb"] > 0
    events = [line["event"] for line in facts("ledger")["lines"]]
    assert events.count("run started") == 1


def test_new_letters_are_learned_on_from_the_active_adapter(trained: Path, tmp_path: Path) -> None:
    active = facts("status")["active"]
    more = {f"more-{n}": letter(200 + n) for n in range(6)}
    messages = {
        name: mail(name, text, date=f"{1 + n:02d} Jul 2004 10:00:00 +0000").as_bytes()
        for n, (name, text) in enumerate(more.items())
    }
    write_mbox(tmp_path / "More.mbox", messages)
    facts("sources", "add", tmp_path / "More.mbox", "--me", ME)
    assert facts("collect")["new"] == 6
    would = facts("train", "--dry-run")
    assert (would["how"], would["parent"]) == ("continued", active)
    assert would["new_documents"] + would["replayed"] == would["documents"]
    assert min(would["time"].values()) > 0
    anew = facts("train", "--dry-run", "--anew")
    assert (anew["how"], anew["parent"], anew["why"]) == ("anew", "", "asked for")
    assert active in run("train", "--dry-run").out
    said = facts("train", "--minutes", MINUTES)
    assert (said["how"], said["parent"]) == ("continued", active)
    assert 1 <= said["new_documents"] <= 6
    assert said["status"] in ("promoted", "rejected")
    assert_whole(trained)
