"""`train` and `evaluate`: what they say, and how a run is interrupted and goes on."""

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from microtune_adapters.run_folder import only_run
from microtune_adapters.run_progress import RunProgress
from tests.cli.conftest import MINUTES
from tests.cli.running import PATIENCE_S, Ran, assert_whole, facts, run, run_apart, start

CONDITIONS = {"base", "base_rag", "adapter", "adapter_rag"}


def test_too_little_text_is_refused(own_home: Path, base_file: Path) -> None:
    facts("init", "--base", base_file)
    reason = run("train").reason
    assert "training needs at least 20 documents, and there are 0" in reason
    assert "sources add" in reason
    assert_whole(own_home)


def test_without_a_base_training_is_refused() -> None:
    assert "microtune init" in run("train").reason


def test_a_run_is_promoted_recorded_and_leaves_no_texts_behind(collected: Path) -> None:
    said = facts("train", "--minutes", MINUTES)
    assert said["status"] == "promoted"
    assert "better than the base" in said["reason"]
    assert set(said["heldout"]) == CONDITIONS
    assert said["heldout"]["adapter_rag"] < said["heldout"]["base_rag"]
    assert said["tokens"] > 0
    assert said["seconds"] > 0
    assert said["peak_rss_mb"] > 50
    stands = facts("status")
    assert stands["active"] == said["adapter"]
    assert stands["last_run"]["state"] == "promoted"
    assert not [path for path in (collected / "runs").iterdir() if path.is_dir()]
    events = [line["event"] for line in facts("ledger")["lines"]]
    assert events[-3:] == ["run started", "promoted", "run finished"]
    assert_whole(collected)


def test_an_adapter_that_is_no_better_is_rejected_with_the_reason(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uphill = lambda *_: -0.01  # noqa: E731
    monkeypatch.setattr("microtune_adapters.trainer_loop.learning_rate", uphill)
    before = facts("status")["active"]
    said = facts("train", "--anew", "--minutes", MINUTES)
    assert said["status"] == "rejected"
    assert said["reason"].startswith("not clearly better than the base")
    assert facts("status")["active"] == before
    assert said["reason"] in run("adapters", "show", said["adapter"]).out
    assert facts("ledger")["lines"][-1]["data"]["state"] == "rejected"


@pytest.mark.timeout(900)
def test_a_terminated_run_goes_on_where_it_was(collected: Path) -> None:
    stopped = terminated_in_the_loop(collected)
    assert stopped.code == 75
    assert stopped.out == ""
    assert stopped.err.startswith("microtune: Training stopped at step ")
    assert stopped.err.count("\n") == 1
    run_before = facts("status")["last_run"]
    assert run_before["state"] == "interrupted"
    assert "goes on with it" in run("status").out
    assert_whole(collected)
    shorten(collected, run_before["id"])
    said = facts("train", "--minutes", MINUTES)
    assert said["run"] == run_before["id"]
    assert [line["event"] for line in facts("ledger")["lines"]].count("run started") == 1
    assert facts("status")["last_run"]["state"] in ("promoted", "rejected")


def terminated_in_the_loop(home: Path) -> Ran:
    """SIGTERM to a long run, once it has told of a step."""
    process = start("train", "--minutes", "20", "--json")
    end = time.monotonic() + PATIENCE_S
    while not any(steps_told(path.parent) for path in home.glob("runs/*/plan.json")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE_S)
    return Ran(process.returncode, out.decode(), err.decode())


def steps_told(folder: Path) -> bool:
    now = RunProgress.load(folder)
    return now is not None and bool(now.curve)


def shorten(home: Path, run_id: str) -> None:
    """Let the rest of a run be two steps, so that the test need not wait for all of it."""
    import torch

    folder = home / "runs" / run_id
    done = torch.load(folder / "checkpoint.pt", weights_only=True)["state"]["step"]
    (folder / "plan.json").write_text(f'{{"steps": {done + 2}}}')


def test_a_signal_between_stages_also_leaves_a_run_that_goes_on(
    collected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from microtune_adapters import training_run

    def interrupted(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return export(*arguments)

    export = training_run.export_gguf
    handler = signal.getsignal(signal.SIGINT)  # ignored where a shell started the tests apart
    with monkeypatch.context() as patch:
        patch.setattr(training_run, "export_gguf", interrupted)
        ran = run("train", "--minutes", MINUTES)
    assert ran.code == 75
    assert "what was trained so far is kept" in ran.err
    assert signal.getsignal(signal.SIGINT) is handler
    before = facts("status")["last_run"]
    lines = run("train").out.splitlines()  # measures only
    assert " promoted: better than the base" in lines[0]
    assert "adapter + retrieval" in lines[1]
    assert lines[2].startswith("General text costs ")
    assert "tokens in 0:" in lines[3]
    assert facts("status")["last_run"]["id"] == before["id"]


def test_a_second_training_in_the_same_home_is_refused(collected: Path) -> None:
    with only_run(collected / "runs"):
        reason = run("train", "--minutes", MINUTES).reason
    assert "training is under way already" in reason
    assert facts("status")["last_run"] is None


def test_a_full_disk_during_training_is_one_line_and_loses_nothing(collected: Path) -> None:
    """A limit on file sizes under which the texts are stored and a checkpoint is not."""
    before = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))"
    ran = run_apart("train", "--minutes", MINUTES, "--json", before=before)
    assert "Make room on that disk" in ran.reason
    assert ran.out == ""
    assert_whole(collected)


def test_evaluate_gives_the_four_figures(trained: Path) -> None:
    said = facts("evaluate")
    assert set(said["bits_per_byte"]) == CONDITIONS
    assert all(bits > 0 for bits in said["bits_per_byte"].values())
    assert said["documents"] == 10
    assert said["bytes"] > 1000
    assert said["adapter"] == facts("status")["active"]


def test_evaluate_without_an_adapter_leaves_its_figures_empty(collected: Path) -> None:
    said = facts("evaluate")
    bits = said["bits_per_byte"]
    assert set(bits) == CONDITIONS
    assert bits["base"] > 0
    assert bits["adapter"] is bits["adapter_rag"] is None
    assert said["adapter"] == ""


def test_evaluate_measures_the_newest_adapter_where_none_is_active(trained: Path) -> None:
    active = facts("status")["active"]
    facts("adapters", "rollback")
    lines = run("evaluate").out.splitlines()
    assert lines[0] == f"Adapter: {active}"
    assert lines[1].startswith("Bits per byte over 10 held-out texts")
    assert "adapter + retrieval" in lines[2]


def test_evaluate_refuses_an_unknown_adapter(trained: Path) -> None:
    assert "no adapter ffff" in run("evaluate", "--adapter", "ffff").reason
