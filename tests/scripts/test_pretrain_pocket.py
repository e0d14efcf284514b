"""Pretraining of pocket, from invented records to a GGUF that is served, killed on its way."""

import json
import lzma
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microtune.contracts import Turn
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.gguf_inspect import inspect_base
from scripts.pocket.corpus import heldout
from scripts.pocket.tokens import codec, load_tokenizer
from tests.adapters.children import running_child
from tests.adapters.writers import letter

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
SHAPE = ["--vocabulary", "400", "--hidden", "64", "--layers", "2", "--context", "128"]
PLAN = ["--steps", "40", "--batch", "4", "--micro", "2", "--precision", "fp32", "--no-compile"]
OFTEN = ["--save-every", "0", "--report-every", "1"]
SECRET = "zanzibar"


def record(number: int, license: str | None = "CC0-1.0", text: str = "") -> dict[str, Any]:
    kind = ("mail", "blog", "speech")[number % 3]
    body = f"Subject: the river\n\n{letter(number, 8)}\n\n{letter(number + 1000, 8)}"
    return {"source": "invented", "license": license, "kind": kind, "text": text or body}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Open records among which some have no open licence; those alone say `SECRET`."""
    folder = tmp_path_factory.mktemp("corpus")
    closed = [
        record(n, license, f"{SECRET} {letter(n)}")
        for n, license in enumerate(("none", "None stated", "NONE", " none ", "", None))
    ]
    mixed = [record(n) for n in range(40)] + closed
    plain = "".join(json.dumps(r) + "\n" for r in mixed)
    (folder / "part-0.jsonl").write_text(plain)
    with lzma.open(folder / "part-1.jsonl.xz", "wt") as file:
        file.write("".join(json.dumps(record(n)) + "\n" for n in range(40, 60)))
    short = [record(n, text=letter(n, 2)) for n in range(60, 70)]
    (folder / "heldout.jsonl").write_text("".join(json.dumps(r) + "\n" for r in short + closed))
    return folder


@pytest.fixture(scope="module")
def pocket() -> Any:
    """The script as a module."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import pretrain_pocket
    finally:
        sys.path.remove(str(SCRIPTS))
    return pretrain_pocket


@pytest.fixture(scope="module")
def prepared(corpus: Path, pocket: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("prepared") / "work"
    pocket.main(["prepare", "--data", str(corpus), "--work", str(work), *SHAPE])
    return work


@pytest.fixture(scope="module")
def trained(prepared: Path, pocket: Any) -> Path:
    """Trained in one go."""
    work = Path(shutil.copytree(prepared, prepared.with_name("whole")))
    pocket.main(["train", "--work", str(work), *PLAN])
    return work


def weights(work: Path) -> dict[str, Any]:
    import torch

    return dict(torch.load(work / "checkpoint.pt", map_location="cpu")["model"])


def train_until(step: int, pocket: Any, work: Path) -> None:
    """Train, and when a step is reported wait to be killed, so that the end never comes first."""
    from pocket.training import Pretraining  # the module of the script's own

    report = Pretraining.report

    def told(training: Pretraining, **figures: float) -> None:
        report(training, **figures)
        if training.step == step:
            time.sleep(600)

    pytest.MonkeyPatch().setattr(Pretraining, "report", told)  # in this process alone
    pocket.main(["train", "--work", str(work), *PLAN, *OFTEN])


def test_killed_and_resumed_is_as_never_killed(pocket: Any, prepared: Path, trained: Path) -> None:
    work = Path(shutil.copytree(prepared, prepared.with_name("killed")))
    log = work / "log.jsonl"
    with running_child(lambda: train_until(6, pocket, work)) as child:
        while not (log.exists() and log.read_text().count("\n") >= 3):
            assert child.is_alive()
            time.sleep(0.002)
        child.kill()
        child.join()
    assert child.exitcode == -signal.SIGKILL
    before = steps_of(log)
    assert 3 <= before[-1] <= 6
    pocket.main(["train", "--work", str(work), *PLAN, *OFTEN])
    assert steps_of(log)[-1] == 40
    assert before[-1] <= steps_of(log)[len(before)] <= before[-1] + 1  # from the last checkpoint on
    for name, weight in weights(trained).items():
        assert float((weights(work)[name] - weight).abs().max()) <= 1e-6, name


def steps_of(log: Path) -> list[int]:
    return [json.loads(line)["step"] for line in log.read_text().splitlines()]


def test_training_lowers_held_out_bits_per_byte(
    corpus: Path, trained: Path, prepared: Path, pocket: Any
) -> None:
    """`measure` as a person runs it."""
    script = SCRIPTS / "pretrain_pocket.py"
    done = subprocess.run(
        [sys.executable, script, "measure", "--data", corpus, "--work", trained],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    bits = json.loads(done.stdout)
    assert set(bits) == {"all", "mail", "blog", "speech"}
    assert 0 < bits["all"] < 3  # bytes drawn evenly: 8; letters drawn evenly: about 4.7


def test_the_exported_base_computes_what_was_trained(
    trained: Path, pocket: Any, tmp_path: Path
) -> None:
    import torch
    from torch.nn import functional as F

    path = tmp_path / "pocket.gguf"
    pocket.main(["export", "--work", str(trained), "--out", str(path), "--quantisation", "f32"])
    base = inspect_base(path)
    assert (base.layers, base.hidden, base.context_length) == (2, 64, 128)
    assert path.with_suffix(".sha256").read_text().split()[0] == base.sha256

    turns, answer = [Turn("user", "Write this.\nAbout: the river")], "Ada carried a boat, alas."
    engine = LlamaEngine(path, 128, 1)
    served = np.asarray(engine.logits(turns, answer))
    engine.close()
    chat = codec(load_tokenizer(trained / "tokenizer.json"))
    ids = [*chat.prompt(turns), *chat.encode(answer)]
    model = pocket.trained_model(trained)
    with torch.no_grad():
        logits = F.linear(model(torch.tensor([ids])), model.embed_tokens.weight)[0]
    ours = logits[len(ids) - len(served) - 1 : -1].numpy()
    assert len(served) == len(chat.encode(answer))
    assert np.abs(served - ours).max() < 1e-4


def test_samples_and_smaller_forms_are_made_of_what_was_trained(
    corpus: Path, trained: Path, pocket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gguf, page = tmp_path / "pocket.gguf", tmp_path / "samples.html"
    pocket.main(["export", "--work", str(trained), "--out", str(gguf)])
    asked = ["--data", str(corpus), "--gguf", str(gguf), "--out", str(page), "--count", "3"]
    pocket.main(["samples", *asked])
    assert page.read_text().count("<blockquote>") == 3
    pieces, there = tmp_path / "pieces", tmp_path / "there"
    pocket.main(["split", "--work", str(trained), "--out", str(pieces), "--weights"])
    shutil.copytree(trained, there, ignore=shutil.ignore_patterns("checkpoint.pt"))
    pocket.main(["join", "--from", str(pieces), "--work", str(there)])
    capsys.readouterr()
    pocket.main(["measure", "--data", str(corpus), "--work", str(there)])
    carried = json.loads(capsys.readouterr().out)
    pocket.main(["measure", "--data", str(corpus), "--work", str(trained)])
    assert carried["all"] == pytest.approx(json.loads(capsys.readouterr().out)["all"], abs=0.01)
    with pytest.raises(SystemExit, match="weights alone"):
        pocket.main(["train", "--work", str(there), *PLAN])


def test_the_shipped_form_is_quantised_and_accepted(
    trained: Path, pocket: Any, tmp_path: Path
) -> None:
    path = tmp_path / "pocket.gguf"
    pocket.main(["export", "--work", str(trained), "--out", str(path)])
    assert inspect_base(path).quantisation == "Q8_0"


def test_records_without_an_open_licence_never_get_in(
    corpus: Path, prepared: Path, pocket: Any
) -> None:
    assert SECRET in (corpus / "part-0.jsonl").read_text()
    tokenizer = load_tokenizer(prepared / "tokenizer.json")
    text = tokenizer.decode(np.load(prepared / "tokens.npy").tolist())
    assert "alas" in text
    assert SECRET not in text
    assert len(heldout(corpus)) == 10


def test_writing_that_must_stay_unseen_never_gets_in(
    corpus: Path, pocket: Any, tmp_path: Path
) -> None:
    """One record holds a paragraph of a person's mail; it is left out, counted and named."""
    data = Path(shutil.copytree(corpus, tmp_path / "data"))
    known = f"My {SECRET} stands by the stove and nobody but me may ever move it from there."
    with (data / "part-0.jsonl").open("a") as file:
        file.write(json.dumps(record(3, text=f"{letter(3, 4)}\n\n> {known}\n")) + "\n")
    person = tmp_path / "people" / "ada"
    person.mkdir(parents=True)
    (person / "mail.txt").write_text(f"Dear Ben,\n\n{known}\n\nAda\n")
    work = tmp_path / "work"
    asked = ["--data", str(data), "--work", str(work), *SHAPE]
    pocket.main(["prepare", *asked, "--without", str(person.parent)])
    made = json.loads((work / "prepared.json").read_text())
    assert made["left_out"] == {"invented": 1}
    tokenizer = load_tokenizer(work / "tokenizer.json")
    assert SECRET not in tokenizer.decode(np.load(work / "tokens.npy").tolist())


def test_what_was_prepared_is_counted(prepared: Path) -> None:
    made = json.loads((prepared / "prepared.json").read_text())
    assert made["tokens"] == len(np.load(prepared / "tokens.npy"))
    assert made["loss_tokens"] == int(np.load(prepared / "loss.npy").sum())
    assert 0 < made["chat_tokens"] < made["tokens"]
    assert made["sources"]["invented"]["license"] == "CC0-1.0"


def test_too_little_text_gives_a_line(pocket: Any, tmp_path: Path) -> None:
    (tmp_path / "part-0.jsonl").write_text(json.dumps(record(1, text="Short.")) + "\n")
    work = ["--work", str(tmp_path / "work")]
    pocket.main(["prepare", "--data", str(tmp_path), *work, *SHAPE])
    with pytest.raises(SystemExit, match="fewer than one context"):
        pocket.main(["train", *work, *PLAN])
