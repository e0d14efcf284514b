"""What a base must be, told before llama.cpp sees it; nothing malformed raises anything else."""

import hashlib
import random
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_base import write_base
from microtune_adapters.gguf_inspect import file_sha256, inspect_base
from tests.tiny import tiny_base, tiny_config, tiny_tokenizer, tiny_weights


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def test_says_what_a_base_is(base_file: Path) -> None:
    base = inspect_base(base_file)
    assert base.sha256 == hashlib.sha256(base_file.read_bytes()).hexdigest()
    assert (base.name, base.architecture, base.quantisation) == ("tiny-0", "llama", "F32")
    assert (base.layers, base.hidden, base.heads, base.kv_heads) == (2, 64, 4, 2)
    assert (base.vocabulary, base.context_length) == (512, 512)
    assert base.bytes == base_file.stat().st_size
    assert base.parameters == sum(w.size for w in tiny_weights(tiny_config()).values())


def test_hashing_reports_its_progress(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * (9 << 20))
    seen: list[tuple[int, int]] = []
    assert file_sha256(path, lambda *at: seen.append(at)) == file_sha256(path)
    assert seen[-1] == (9 << 20, 9 << 20)
    assert seen == sorted(seen)
    assert len(seen) == 3


def test_q8_0_is_named(tmp_path: Path) -> None:
    assert inspect_base(tiny_base(tmp_path / "b.gguf", quantisation="q8_0")).quantisation == "Q8_0"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a GGUF file"),
        (b"GGU", "is not a GGUF file"),
        (b"PK\3\4 something else", "is not a GGUF file"),
        (b"GGUF", "cut short"),
        (b"GGUF" + struct.pack("<IQQ", 99, 0, 0), "version 99"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 40, 0), "claims 1099511627776 tensors"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 60), "cut short"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "architecture None"),
        (
            b"GGUF"
            + struct.pack("<IQQ", 3, 0, 1)
            + string("general.architecture")
            + struct.pack("<I", 8)
            + string("mamba"),
            "architecture 'mamba'",
        ),
        (
            b"GGUF"
            + struct.pack("<IQQ", 3, 0, 1)
            + string("general.type")
            + struct.pack("<I", 8)
            + string("adapter"),
            "is an adapter",
        ),
    ],
)
def test_what_is_no_base_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)
    with pytest.raises(MicrotuneError, match=message) as caught:
        inspect_base(path)
    assert caught.value.remedy
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("path", ["nowhere.gguf", "."])
def test_a_path_that_is_no_file(tmp_path: Path, path: str) -> None:
    with pytest.raises(MicrotuneError, match="cannot read"):
        inspect_base(tmp_path / path)


@pytest.mark.parametrize("kept", [0.001, 0.03, 0.5, 0.9999])
def test_a_base_cut_short(base_file: Path, tmp_path: Path, kept: float) -> None:
    whole = base_file.read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(MicrotuneError, match="cut short"):
        inspect_base(path)


@pytest.mark.parametrize(
    ("template", "message"),
    [("", "no chat template"), ("[INST] {{ messages }} [/INST]", "another chat format")],
)
def test_a_base_that_cannot_chat(tmp_path: Path, template: str, message: str) -> None:
    config = tiny_config(layers=1)
    write_base(
        tmp_path / "base.gguf",
        config=config,
        weights=tiny_weights(config),
        tokenizer_json=tiny_tokenizer(),
        quantisation="f32",
        name="mute",
        chat_template=template,
    )
    with pytest.raises(MicrotuneError, match=message):
        inspect_base(tmp_path / "base.gguf")


def test_a_base_without_one_of_its_tensors(tmp_path: Path) -> None:
    config = tiny_config()
    weights = tiny_weights(config)
    del weights["model.layers.1.mlp.up_proj.weight"]
    write_base(
        tmp_path / "base.gguf",
        config=config,
        weights=weights,
        tokenizer_json=tiny_tokenizer(),
        quantisation="f32",
        name="gap",
        chat_template="<|im_start|><|im_end|>",
    )
    with pytest.raises(MicrotuneError, match=r"lacks the tensor blk\.1\.ffn_up"):
        inspect_base(tmp_path / "base.gguf")


def test_mutated_bytes_raise_nothing_else(base_file: Path, tmp_path: Path) -> None:
    whole = base_file.read_bytes()
    chance = random.Random(0)
    path = tmp_path / "mutated.gguf"
    refused = 0
    for _ in range(200):
        mutated = bytearray(whole)
        for _ in range(chance.choice((1, 8, 64))):
            mutated[chance.randrange(16_384)] = chance.randrange(256)
        path.write_bytes(mutated)
        try:
            inspect_base(path)
        except MicrotuneError:
            refused += 1
    assert refused > 50


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_after_the_magic_raise_nothing_else(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "any.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<I", 3) + tail)
    with pytest.raises(MicrotuneError):
        inspect_base(path)
