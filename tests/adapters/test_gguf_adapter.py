"""An exported adapter computes in llama.cpp what PEFT computes in torch."""

import json
import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_header import read_header
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.gguf_origin import ALPHA_KEY, BASE_KEY, TYPE_KEY, read_base_hash
from microtune_adapters.peft_format import CONFIG, write_peft
from tests.tiny import tiny_adapter, tiny_base, tiny_lora

# peft 0.21 asks transformers 5 for a property by its old name
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")

IDS = list(range(5, 90, 2))


def torch_logits(base: Path, adapter: Path | None) -> np.ndarray:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        base.parent, gguf_file=base.name, dtype=torch.float32
    )
    if adapter:
        model = PeftModel.from_pretrained(model, adapter)
    with torch.no_grad():
        return np.array(model.eval()(torch.tensor([IDS])).logits[0].numpy())


def llama_cpp_logits(base: Path, adapter: Path) -> np.ndarray:
    import llama_cpp

    model = llama_cpp.Llama(
        str(base),
        lora_path=str(adapter),
        n_ctx=128,
        logits_all=True,
        verbose=False,
        type_k=0,
        type_v=0,
        n_threads=1,
    )
    try:
        model.eval(IDS)
        return np.array(model.scores[: len(IDS)])
    finally:
        model.close()


@pytest.mark.parametrize("rslora", [False, True])
def test_llama_cpp_computes_what_peft_computes(
    base_file: Path, tmp_path: Path, rslora: bool
) -> None:
    write_peft(tmp_path, tiny_lora(), "tiny")
    if rslora:
        config = json.loads((tmp_path / CONFIG).read_text())
        (tmp_path / CONFIG).write_text(json.dumps({**config, "use_rslora": True, "lora_alpha": 3}))
    export_gguf(tmp_path, inspect_base(base_file), tmp_path / "adapter.gguf")
    expected = torch_logits(base_file, tmp_path)
    served = llama_cpp_logits(base_file, tmp_path / "adapter.gguf")
    assert np.abs(served - expected).max() < 1e-4
    assert np.abs(expected - torch_logits(base_file, None)).max() > 0.5


def test_a_quantised_base_serves_the_adapter_as_closely_as_itself(tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "q8.gguf", quantisation="q8_0")
    folder = tiny_adapter(tmp_path / "adapter", base)
    expected = torch_logits(base, folder)
    error = np.abs(llama_cpp_logits(base, folder / "adapter.gguf") - expected)
    assert error.mean() < 0.03 * np.abs(expected).mean()


def test_the_export_names_its_base_and_is_the_same_every_time(
    base_file: Path, tmp_path: Path
) -> None:
    base = inspect_base(base_file)
    one = tiny_adapter(tmp_path / "one", base_file)
    assert read_base_hash(one / "adapter.gguf") == base.sha256
    before = (one / "adapter.gguf").read_bytes()
    digest = export_gguf(one, base, one / "adapter.gguf")
    assert (one / "adapter.gguf").read_bytes() == before
    assert len(digest) == 64
    assert not list(one.glob("*.partial"))
    assert read_header(one / "adapter.gguf").values["adapter.lora.alpha"] == 8.0


def test_an_adapter_of_another_shape_is_refused(tmp_path: Path) -> None:
    wide = tiny_base(tmp_path / "wide.gguf", hidden=96)
    write_peft(tmp_path / "adapter", tiny_lora(), "tiny")
    with pytest.raises(MicrotuneError, match="does not fit the base"):
        export_gguf(tmp_path / "adapter", inspect_base(wide), tmp_path / "adapter.gguf")
    assert not (tmp_path / "adapter.gguf").exists()


def foreign(path: Path, alpha: str) -> Path:
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    getattr(writer, f"add_{alpha}")("adapter.lora.alpha", 16)
    writer.add_string(BASE_KEY, "0" * 64)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("alpha", ["uint32", "float64", "int8"])
def test_metadata_that_would_abort_llama_cpp_is_refused(tmp_path: Path, alpha: str) -> None:
    with pytest.raises(MicrotuneError, match="not an adapter that microtune wrote"):
        read_base_hash(foreign(tmp_path / "foreign.gguf", alpha))
    assert read_base_hash(foreign(tmp_path / "same.gguf", "float32")) == "0" * 64


def test_other_files_are_refused(base_file: Path, tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match="not an adapter that microtune wrote"):
        read_base_hash(base_file)
    cut = tmp_path / "cut.gguf"
    cut.write_bytes((tiny_adapter(tmp_path, base_file) / "adapter.gguf").read_bytes()[:-64])
    with pytest.raises(MicrotuneError, match="cut short"):
        read_base_hash(cut)
    cut.write_bytes(b"GGUF" + struct.pack("<I", 3))
    with pytest.raises(MicrotuneError, match="cut short"):
        read_base_hash(cut)


def test_the_keys_of_an_adapter_are_those_of_llama_cpp() -> None:
    assert (TYPE_KEY, ALPHA_KEY) == (gguf.Keys.Adapter.TYPE, gguf.Keys.Adapter.LORA_ALPHA)
