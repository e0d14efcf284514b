"""One adapter in PEFT's, MLX's and llama.cpp's form computes the same in each, for six families."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_adapter import write_gguf
from microtune_adapters.gguf_reading import read_gguf
from microtune_adapters.gguf_shape import read_shape
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.mlx_format import read_mlx, write_mlx
from microtune_adapters.peft_format import read_peft, write_peft
from tests.adapters.families import FAMILIES, Family, family_lora, make_family
from tests.adapters.family_logits import llama_cpp_logits, mlx_logits, torch_logits

pytestmark = [
    # peft 0.21 asks transformers 5 for a property by its old name
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning"),
    pytest.mark.skipif(not find_spec("mlx_lm"), reason="there is no mlx for this machine"),
]
HASH = "0" * 64
NEAR = {"gemma3": 2e-2}  # ggml looks its activation function up in a table of float16


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Family:
    return make_family(request.param, tmp_path_factory.mktemp(request.param))


def written(weights: LoraWeights, family: Family, into: Path) -> tuple[Path, Path, Path]:
    """The adapter in its three forms: PEFT's folder, mlx-lm's folder, a GGUF."""
    peft, mlx, file = into / "peft", into / "mlx", into / "adapter.gguf"
    write_peft(peft, weights, "tiny")
    write_mlx(mlx, weights, family.layers)
    write_gguf(file, weights, read_shape(family.gguf), HASH)
    return peft, mlx, file


def same_top(one: np.ndarray, other: np.ndarray) -> float:
    return float((one.argmax(-1) == other.argmax(-1)).mean())


def assert_agree(family: Family, forms: tuple[Path, Path, Path]) -> None:
    """Prints the figures that stand in docs/formats.md: `pytest -s`."""
    peft, mlx, file = forms
    expected = torch_logits(family, peft)
    assert same_top(expected, torch_logits(family, None)) < 0.5, "the adapter changes too little"
    served = ("llama.cpp", llama_cpp_logits(family, file), NEAR.get(family.name, 1e-3))
    for name, logits, near in (("mlx", mlx_logits(family, mlx), 1e-3), served):
        same, error = same_top(logits, expected), np.abs(logits - expected).max()
        print(f"\n{family.name}: {name}: same first token {same:.4f}, logits within {error:.1e}")
        assert same >= 0.999
        assert error < near


def test_three_libraries_compute_the_same_adapter(family: Family, tmp_path: Path) -> None:
    assert_agree(family, written(family_lora(family), family, tmp_path))


def test_each_form_is_read_back_as_the_same_adapter(family: Family, tmp_path: Path) -> None:
    """So each of the six directions between two forms changes nothing."""
    weights = family_lora(family)
    peft, mlx, file = written(weights, family, tmp_path)
    shape = read_shape(family.gguf)
    for read in (
        read_peft(peft, shape.layers),
        read_mlx(mlx, shape.layers),
        read_gguf(file, shape),
    ):
        assert read.sha256 == weights.sha256
        assert read.scale == weights.scale


def test_an_adapter_of_the_upper_layers_alone_agrees_too(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """smollm3's last layer has no rotary positions, and its rows are reordered all the same."""
    family = make_family("smollm3", tmp_path_factory.mktemp("upper"))
    whole = family_lora(family)
    upper = {name: pair for name, pair in whole.modules.items() if ".3." in name}
    assert_agree(family, written(replace(whole, modules=upper), family, tmp_path))


def round_activations(model: Any) -> None:
    """Give gemma's activation the precision that ggml's table of it has."""
    from torch.nn import Module
    from torch.nn.functional import gelu

    class Rounded(Module):
        def forward(self, x: Any) -> Any:
            return gelu(x.half().float(), approximate="tanh").half().float()

    for module in model.modules():
        if hasattr(module, "act_fn"):
            module.act_fn = Rounded()


def test_llama_cpp_computes_gemma_less_precisely(tmp_path: Path) -> None:
    """So that is why it agrees less; rounded likewise, torch is nearer to it."""
    family = make_family("gemma3", tmp_path / "base")
    peft, _, file = written(family_lora(family), family, tmp_path)
    served = llama_cpp_logits(family, file)
    exact, rounded = torch_logits(family, peft), torch_logits(family, peft, round_activations)
    far, near = (float(np.median(np.abs(served - logits))) for logits in (exact, rounded))
    print(f"\ngemma3: half of the logits within {far:.1e}, of rounded ones within {near:.1e}")
    assert near < far / 3


def test_projections_that_the_family_does_not_have_are_refused(tmp_path: Path) -> None:
    phi, llama = (make_family(name, tmp_path / name) for name in ("phi3", "llama"))
    for weights, other in ((family_lora(phi), llama), (family_lora(llama), phi)):
        with pytest.raises(MicrotuneError, match="does not fit the base tiny"):
            write_gguf(tmp_path / "adapter.gguf", weights, read_shape(other.gguf), HASH)
    assert not (tmp_path / "adapter.gguf").exists()
