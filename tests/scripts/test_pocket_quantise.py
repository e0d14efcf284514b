"""Quantised forms of a base: llama.cpp makes and serves them, and training reads them."""

import math
from pathlib import Path

import numpy as np
import pytest

from microtune.contracts import Turn
from microtune.errors import MicrotuneError
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.torch_base import load_torch_base
from scripts.pocket.corpus import Record
from scripts.pocket.quantise import (
    Form,
    compare,
    quantise,
    sample,
    served_bits_per_byte,
    smallest,
    table,
)
from tests.microtune.invented import letter
from tests.tiny import tiny_base

RECORDS = [Record("invented", "CC0-1.0", "mail", letter(n)) for n in range(6)]
TURNS, TEXT = [Turn("user", "Write this.")], "Ada carried a boat, and Bo forgot the tea."


@pytest.fixture(scope="module")
def f16(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of 256, as K-quants need them."""
    path = tmp_path_factory.mktemp("quantised") / "tiny.gguf"
    return tiny_base(path, hidden=256, quantisation="f16")


@pytest.mark.parametrize("kind", ["q8_0", "q5_0", "q4_k_m", "q3_k_m"])
def test_training_reads_what_is_served(f16: Path, kind: str, tmp_path: Path) -> None:
    """Through `torch_base`, the weights are near the ones quantised, and the logits served."""
    path = tmp_path / f"{kind}.gguf"
    quantise(f16, path, kind)
    assert inspect_base(path).quantisation == kind.upper()
    whole, made = load_torch_base(f16), load_torch_base(path)
    weights = dict(whole.model.named_parameters())
    for name, weight in made.model.named_parameters():
        error = (weight - weights[name]).norm() / weights[name].norm()
        assert error < 0.4, name  # two bits a weight lose a third of random values
    engine = LlamaEngine(path, 128, 1)
    served = np.asarray(engine.logits(TURNS, TEXT))
    engine.close()
    assert np.corrcoef(served.ravel(), trained_logits(made).ravel())[0, 1] > 0.99


def trained_logits(base: object) -> np.ndarray:
    import torch

    codec = base.codec  # type: ignore[attr-defined]
    answer = codec.encode(TEXT)
    ids = [*codec.prompt(TURNS), *answer]
    with torch.no_grad():
        logits = base.model(torch.tensor([ids])).logits[0]  # type: ignore[attr-defined]
    return np.asarray(logits[-len(answer) - 1 : -1])


def test_bits_per_byte_are_those_of_the_weights(f16: Path) -> None:
    import torch
    from torch.nn import functional as F

    base = load_torch_base(f16)
    nats, size = 0.0, 0
    for record in RECORDS:
        ids = torch.tensor([[0, *base.codec.encode(record.text)]])
        with torch.no_grad():
            logits = base.model(ids[:, :-1]).logits[0]
        nats += float(F.cross_entropy(logits, ids[0, 1:], reduction="sum"))
        size += len(record.text.encode())
    assert served_bits_per_byte(f16, RECORDS) == pytest.approx(nats / math.log(2) / size, rel=1e-3)


def test_forms_are_compared_with_the_first(f16: Path, tmp_path: Path) -> None:
    forms = compare(f16, tmp_path, RECORDS[:2], ("q8_0", "q4_0"))
    assert [form.kind for form in forms] == ["f16", "q8_0", "q4_0"]
    assert forms[0].bytes > forms[1].bytes > forms[2].bytes
    assert forms[1].bits == pytest.approx(forms[0].bits, rel=0.01)
    assert table(forms).splitlines()[2].endswith("+0.00% |")


def test_the_smallest_within_a_hundredth_is_chosen() -> None:
    forms = [Form("f16", 16, 1.0), Form("a", 8, 1.001), Form("b", 5, 1.0099), Form("c", 4, 1.02)]
    assert smallest(forms).kind == "b"
    assert smallest(forms, 0.005).kind == "a"
    assert smallest(forms[:1]).kind == "f16"


def test_a_sample_is_the_same_every_time() -> None:
    assert sample(RECORDS, 3) == sample(RECORDS, 3)
    assert len(sample(RECORDS, 99)) == len(RECORDS)


def test_what_cannot_be_quantised_is_refused_and_leaves_nothing(f16: Path, tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match="no quantisation q99"):
        quantise(f16, tmp_path / "out.gguf", "q99")
    (tmp_path / "bad.gguf").write_bytes(b"no base")
    with pytest.raises(MicrotuneError, match="cannot quantise"):
        quantise(tmp_path / "bad.gguf", tmp_path / "out.gguf", "q8_0")
    assert not list(tmp_path.glob("out*"))
