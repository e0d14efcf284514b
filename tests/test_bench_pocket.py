"""The judge of bases runs whole on tiny bases and invented texts; its bits are those of torch."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.bench.judge import bits
from tests.house.files import ROOMS, ROOT
from tests.microtune.invented import letter
from tests.tiny import tiny_base

KINDS = ("mail", "blog", "docs")
TOO_LONG = "zebra " * 500  # more tokens than the tiny bases' context


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Held-out letters, a dialogue, a text that is too long, and one without a licence."""
    said = "\n\n".join(f"{'Ana' if n % 2 else 'Bo'}: {letter(n, 2)}" for n in range(4))
    texts = [(KINDS[n % 3], f"{letter(n, 4)}\n\n{letter(n + 50, 4)}") for n in range(6)]
    texts += [("conversation", said), ("mail", TOO_LONG)]
    folder = tmp_path / "corpus"
    folder.mkdir()
    lines = [
        json.dumps({"source": "invented", "license": "CC0-1.0", "kind": kind, "text": text})
        for kind, text in texts
    ]
    closed = {"source": "closed", "license": "none", "kind": "secret", "text": letter(99)}
    (folder / "heldout.jsonl").write_text("\n".join([*lines, json.dumps(closed)]) + "\n")
    return folder


def judge(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    path = ":".join(str(folder.parent) for folder in ROOMS.values())
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "bench" / "pocket.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path, **environment},
        check=False,
    )


def figures(done: subprocess.CompletedProcess[str]) -> tuple[dict[str, Any], str]:
    assert done.returncode == 0, done.stderr
    first, _, rest = done.stdout.partition("\n")
    return json.loads(first), rest


def test_two_bases_are_judged_side_by_side_on_the_same_prompts(tmp_path: Path, data: Path) -> None:
    bases = {s: tiny_base(tmp_path / f"{s}.gguf", seed) for seed, s in enumerate(("first", "new"))}
    out, page = tmp_path / "out.json", tmp_path / "page.md"
    page.write_text("Before.\n<!-- pocket:begin -->\nold\n<!-- pocket:end -->\nAfter.\n")
    sides = [part for side, path in bases.items() for part in (f"--{side}", path)]
    few = ("--prompts", 2, "--rounds", 1, "--json", out, "--docs", page)

    result, markdown = figures(judge("--data", data, *sides, *few))

    rows = {row["texts"]: row for row in result["bits_per_byte"]["rows"]}
    assert result["bits_per_byte"]["left_out"] >= 1
    assert "… secret" not in rows
    assert rows["all"]["count"] == sum(rows[k]["count"] for k in rows if k.startswith("… "))
    assert (
        rows["all"]["saved"]["low"] <= rows["all"]["saved"]["mean"] <= rows["all"]["saved"]["high"]
    )
    assert result["real"]["phrases_used"]["all"] > 0.9  # real texts hold their own phrases
    assert result["speeds"][1]["decoded"]["ratio"] > 0

    kept = json.loads(out.read_text())["kept"]
    asked = {side: [draft["turns"] for draft in kept[side]["drafts"]] for side in bases}
    assert asked["first"] == asked["new"]
    assert len(asked["new"]) == sum(result["prompts"].values()) > 2
    assert "drafts" not in json.dumps(result["bases"])
    written = page.read_text()
    assert written.startswith("Before.\n")
    assert written.endswith("After.\n")
    assert markdown.strip() in written
    assert str(tmp_path) not in written


def test_one_base_alone_without_a_checker_of_grammar(tmp_path: Path, data: Path) -> None:
    base = tiny_base(tmp_path / "tiny.gguf")
    few = ("--prompts", 1, "--rounds", 0, "--limit", 3)
    result, markdown = figures(judge("--data", data, "--new", base, *few, PATH=str(tmp_path)))
    assert list(result["bases"]) == ["new"]
    assert result["bits_per_byte"]["rows"][0]["count"] <= 3
    assert result["grammar"] == {"checker": None}
    assert "not installed" in markdown
    assert result["speeds"] == []
    assert "Tokens a second" not in markdown


@pytest.mark.parametrize("what", ["corpus", "base"])
def test_bad_input_is_said_in_one_line(tmp_path: Path, data: Path, what: str) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF, but not really")
    base = broken if what == "base" else tiny_base(tmp_path / "tiny.gguf")
    done = judge("--data", data if what == "base" else tmp_path, "--new", base)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_bits_are_those_of_the_dequantised_model_in_torch(tmp_path: Path) -> None:
    import torch

    from microtune_adapters.engine.native import BATCH
    from microtune_adapters.torch_base import load_torch_base

    path = tiny_base(tmp_path / "tiny.gguf")
    text = letter(1, 8)  # longer than a batch of llama.cpp
    base = load_torch_base(path)
    ids = torch.tensor([[0, *base.codec.encode(text)]])
    assert BATCH < ids.shape[1] < 512
    with torch.no_grad():
        logits = base.model(ids).logits[0, :-1]
    expected = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum").item()
    nats = bits.nats(path, [text, TOO_LONG], threads=1)
    assert nats[0] == pytest.approx(expected, rel=1e-4)
    assert nats[1] is None


def test_a_text_that_one_base_cannot_hold_counts_for_neither() -> None:
    by_side = {"first": [8.0, 4.0, 2.0], "new": [4.0, None, 1.0]}
    found = bits.summary(["abcd", "wxyz", "ab"], ["mail", "mail", "gov"], by_side)
    rows = {row["texts"]: row for row in found["rows"]}
    assert found["left_out"] == 1
    assert rows["mail"]["bytes"] == 4
    assert rows["technical"] == {**rows["… gov"], "texts": "technical"}
    assert rows["all"]["saved"]["mean"] == pytest.approx(0.5)


@pytest.mark.skipif(not shutil.which("link-parser"), reason="Link Grammar is not installed")
def test_link_grammar_tells_sentences_from_shuffled_ones() -> None:
    from scripts.bench.judge import grammar

    good = ["The dog ran home.", "I will send you the report on Monday."]
    assert grammar.parsed([*good, "Dog the quickly of ran."]) == [True, True, False]
