"""A base's GGUF as configuration and weights: what was written is read, and nothing is guessed."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_weights import read_config, read_weights
from tests.tiny import tiny_base, tiny_config, tiny_weights


def test_what_was_written_is_read(base_file: Path) -> None:
    config, read = read_config(base_file), dict(read_weights(base_file))
    written = tiny_weights(tiny_config())
    assert read.keys() == written.keys()
    assert all(np.array_equal(read[name], written[name]) for name in written)
    wanted = {k: v for k, v in tiny_config().items() if k != "rope_parameters"}
    assert {k: v for k, v in config.items() if k in wanted} == {
        **wanted,
        "rms_norm_eps": pytest.approx(1e-5),
    }
    assert (config["model_type"], config["rope_theta"]) == ("llama", 10_000.0)
    assert config["rope_scaling"] is None


def test_quantised_weights_are_what_they_stand_for(tmp_path: Path) -> None:
    read = dict(read_weights(tiny_base(tmp_path / "q8.gguf", quantisation="q8_0")))
    for name, weight in tiny_weights(tiny_config()).items():
        assert np.abs(read[name] - weight).max() < 0.005
        assert (weight.ndim == 1) == np.array_equal(read[name], weight)


def odd_base(path: Path, values: dict[str, str], tensors: tuple[str, ...]) -> Path:
    """A file with the little that is asked for, and something more."""
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_embedding_length(64)
    writer.add_block_count(1)
    writer.add_head_count(4)
    for key, value in values.items():
        writer.add_string(key, value)
    for name in ("token_embd.weight", *tensors):
        writer.add_tensor(name, np.ones((32, 64), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize(
    ("values", "tensors"), [({"llama.rope.scaling.type": "yarn"}, ()), ({}, ("rope_freqs.weight",))]
)
def test_positions_of_another_kind_are_refused(
    tmp_path: Path, values: dict[str, str], tensors: tuple[str, ...]
) -> None:
    with pytest.raises(MicrotuneError, match="scales its rotary positions"):
        read_config(odd_base(tmp_path / "odd.gguf", values, tensors))


def test_a_tensor_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match=r"holds 'blk.0.ssm_in.weight', for which"):
        dict(read_weights(odd_base(tmp_path / "odd.gguf", {}, ("blk.0.ssm_in.weight",))))
