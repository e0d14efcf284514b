"""The benchmark on a GPU, rehearsed on the CPU: its counts, its examples and its tables."""

from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.house.test_bench import BENCH, bench


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


def test_what_a_pass_cannot_do_without_is_counted_by_hand() -> None:
    from cuda_shape import Shape, useful_operations

    shape = Shape(layers=2, hidden=3, inner=5, heads=4, keys=2, size=7, vocabulary=11, context=16)
    linear = 2 * (3 * 28 + 3 * 14 + 3 * 14 + 28 * 3 + 3 * 5 + 3 * 5 + 5 * 3)
    lora = 2 * 2 * (31 + 17 + 17 + 31 + 8 + 8 + 8)
    assert (shape.linear, shape.lora(2)) == (linear, lora)
    attention = 2 * 6 * 28  # each square of tokens: layers, causal forward and backward, width
    first = 10 * (4 * linear + 6 * lora) + 100 * attention + 4 * 4 * 3 * 11
    assert useful_operations(shape, 2, [(10, 4)]) == first
    second = 6 * (4 * linear + 6 * lora) + 36 * attention + 1 * 4 * 3 * 11
    assert useful_operations(shape, 2, [(10, 4), (6, 1)]) == first + second


@pytest.mark.parametrize("name", ["qwen3-1.7b", "tiny"])
def test_shapes_have_as_many_parameters_as_the_library_says(name: str) -> None:
    from cuda_base import random_base
    from cuda_shape import SHAPES
    from peft import LoraConfig, get_peft_model

    from microtune_adapters.recipes import ALL_LINEAR
    from microtune_adapters.torch_base import quiet

    base = random_base(name, "meta")
    linear = sum(w.numel() for n, w in base.named_parameters() if "_proj." in n)
    assert SHAPES[name].linear == linear
    lora = LoraConfig(r=16, target_modules=list(ALL_LINEAR), task_type="CAUSAL_LM")
    with quiet():
        adapted = get_peft_model(base, lora)
    assert SHAPES[name].lora(16) == adapted.get_nb_trainable_parameters()[0]


def test_examples_are_as_long_as_the_docstring_says() -> None:
    from cuda_examples import drawn, lengths

    examples = list(islice(drawn(512, seed=1), 2000))
    assert examples == list(islice(drawn(512, seed=1), 2000))
    counted = lengths(examples)
    assert max(tokens for tokens, _ in counted) == 512
    assert max(answer for _, answer in counted) == 384
    assert median(answer for _, answer in counted) == pytest.approx(64, rel=0.1)
    assert median(tokens - answer for tokens, answer in counted) == pytest.approx(134, rel=0.1)
    assert {0 <= token < 512 for ids, _ in examples[:99] for token in ids} == {True}


@pytest.mark.parametrize("batch", [1, 2, 16])
def test_a_task_fills_its_steps_and_the_warm_up(batch: int) -> None:
    from cuda_examples import ROW, WARM, lengths, task

    made = task("tiny", 512, "cpu", batch, steps=30)
    tokens = sum(tokens for tokens, _ in lengths(made["timed"]))
    assert 30 * batch * ROW - 512 <= tokens <= 30 * batch * ROW
    warm = lengths(made["warm"])
    assert sum(tokens for tokens, _ in warm) >= WARM * batch * ROW
    assert len(warm) >= WARM * made["examples_a_step"]
    assert made["warm"][:5] != made["timed"][:5]


def run(seconds: float, **more: Any) -> dict[str, Any]:
    figures = {"tokens": 1000, "answer_tokens": 300, "operations": 2 * 10**12, "steps": 3}
    memory = {"model_mb": 10, "allocated_mb": 40, "reserved_mb": 50, "host_mb": 60}
    return {**figures, **memory, "seconds": seconds, "loss": 5.0, **more}


def test_medians_and_ratios_of_runs_that_ended_well() -> None:
    from cuda_tables import markdown, middle, ratios

    ours = {"trainer": "microtune", "base": "bf16", "batch": 2}
    theirs = {"trainer": "Trainer + peft", "base": "bf16", "batch": 2}
    mine = {**ours, **middle([run(1.0), run(2.0), run(4.0)], ceiling=4.0)}
    assert mine["tokens_per_s"] == 500
    assert mine["range"] == [250, 1000]
    assert mine["mfu"] == pytest.approx(0.25)
    other = {**theirs, **middle([run(4.0, allocated_mb=80)], ceiling=4.0)}
    broken = {**theirs, "batch": 16, **middle([{"failed": "out of memory. 1 GB"}], ceiling=4.0)}
    late = {**ours, "batch": 16, **middle([], ceiling=4.0)}
    (ratio,) = ratios([mine, other, broken, late])
    assert (ratio["tokens_per_s"], ratio["peak"]) == (2.0, 0.5)

    batch = {"batch": 2, "row": 512, "rank": 16, "examples_a_step": 4, "examples": 9}
    page = markdown(
        {
            "shape": {"name": "tiny", "linear": 10**6},
            "ceiling": {"device": "a GPU", "product": "8³", "tflops": 4.0, "bitsandbytes": "1"},
            "batches": [{**batch, "tokens": 1000, "answer_tokens": 300}],
            "runs": [mine, other, broken, late],
            "ratios": [ratio],
            "skipped": ["One was skipped."],
        }
    )
    assert (
        "| microtune | bf16 | 2 | 500 | 250 to 1000 | 150 | 25.0% | 40 | 50 | 60 | 5.000 |" in page
    )
    assert "| Trainer + peft | bf16 | 16 | failed: out of memory |" in page
    assert "| microtune | bf16 | 16 | failed: not run: the time was over |" in page
    assert "| Trainer + peft | bf16 | 2 | 2.00 × | 0.50 × |" in page
    assert page.endswith("\n\nOne was skipped.")


def test_all_is_rehearsed_on_the_cpu(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- cuda:begin -->\n<!-- cuda:end -->\n")
    options = ("--shape", "tiny", "--device", "cpu", "--steps", 4, "--rounds", 1, "--batch", 1)
    chosen = ("--only", "microtune", "grouped", "microtune-4bit")
    result, markdown = bench("cuda.py", *options, *chosen, "--docs", page)

    (batch,) = result["batches"]
    ours, grouped = result["runs"]
    for one in (ours, grouped):
        assert (one["tokens"], one["answer_tokens"]) == (batch["tokens"], batch["answer_tokens"])
        assert abs(one["steps"] - 4) <= 1
        assert one["tokens_per_s"] * one["seconds"] == pytest.approx(one["tokens"], rel=0.01)
        reached = one["operations"] / one["seconds"] / 1e12
        assert one["mfu"] == pytest.approx(reached / result["ceiling"]["tflops"], rel=0.01)
        assert one["loss"] == pytest.approx(6.24, rel=0.01)  # all that chance allows: ln 512
    assert ours["operations"] == grouped["operations"] > 0
    (ratio,) = result["ratios"]
    assert ratio["against"] == "Trainer + peft, grouped by length"
    assert result["skipped"] == ["microtune on a 4-bit base was skipped: it needs a GPU."]
    assert f"| microtune | fp32 | 1 | {ours['tokens_per_s']:.0f} |" in markdown
    assert markdown.strip() in page.read_text()


def test_without_a_gpu_it_says_so() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one here")
    with pytest.raises(AssertionError, match="torch finds no GPU here"):
        bench("cuda.py", "--shape", "tiny", "--device", "cuda")
