"""Tells whether a GGUF file can serve as a base, before llama.cpp sees it, and what it is.

Knows what microtune needs of a base; knows nothing of loading or running one.
"""

import hashlib
import mmap
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters.chatml import END, START
from microtune_adapters.gguf_header import Header, read_header

ARCHITECTURES = ("llama", "qwen2", "qwen3")
LAYER_PARTS = "attn_norm attn_q attn_k attn_v attn_output ffn_norm ffn_gate ffn_up ffn_down"
CHUNK = 1 << 22  # bytes hashed between two reports of progress
OTHER_MODEL = "Choose a chat model of the llama, qwen2 or qwen3 family that speaks ChatML."

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BaseFile:
    """A base that was inspected and found usable. `parameters` counts weights, `bytes` the file."""

    path: Path
    sha256: str
    name: str
    architecture: str
    parameters: int
    context_length: int
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    vocabulary: int
    quantisation: str
    bytes: int


def inspect_base(path: Path, report: Report | None = None) -> BaseFile:
    """Verify the GGUF at `path` and say what it is; `report(done, total)` follows the hashing.

    Raises `MicrotuneError` for a file that is missing, cut short or damaged, for an adapter, an
    unknown architecture, a missing tokenizer, or a chat format other than ChatML.
    """
    path = path.absolute()
    header = read_header(path)
    architecture = _architecture(path, header)
    _check_chat(path, header)
    layers, hidden, heads, kv_heads, context = (
        _positive(path, header, f"{architecture}.{key}")
        for key in (
            "block_count",
            "embedding_length",
            "attention.head_count",
            "attention.head_count_kv",
            "context_length",
        )
    )
    _check_tensors(path, header, layers, hidden)
    return BaseFile(
        path=path,
        sha256=_hash(path, report),
        name=header.text("general.name") or path.stem,
        architecture=architecture,
        parameters=sum(tensor.elements for tensor in header.tensors.values()),
        context_length=context,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=kv_heads,
        vocabulary=header.arrays["tokenizer.ggml.tokens"],
        quantisation=_quantisation(header),
        bytes=path.stat().st_size,
    )


def _hash(path: Path, report: Report | None) -> str:
    try:
        return file_sha256(path, report)
    except OSError as error:  # it went away since its header was read
        raise MicrotuneError(
            f"cannot read {path} ({error.strerror})", "Check the path and who may read it."
        ) from error


def file_sha256(path: Path, report: Report | None = None) -> str:
    """The SHA-256 of a file's bytes, read through a memory map."""
    digest = hashlib.sha256()
    total = path.stat().st_size
    if total == 0:
        return digest.hexdigest()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for start in range(0, total, CHUNK):
            digest.update(data[start : start + CHUNK])
            if report:
                report(min(start + CHUNK, total), total)
    return digest.hexdigest()


def _architecture(path: Path, header: Header) -> str:
    if header.text("general.type") == "adapter":
        raise MicrotuneError(f"{path} is an adapter, not a model", "Give the model's .gguf file.")
    if (header.integer("split.count") or 1) > 1:
        raise MicrotuneError(
            f"{path} is one part of a model split into several files",
            "Join them with llama.cpp's llama-gguf-split --merge.",
        )
    architecture = header.text("general.architecture")
    if architecture not in ARCHITECTURES:
        raise MicrotuneError(
            f"{path} has the architecture {architecture!r}, which microtune does not know",
            OTHER_MODEL,
        )
    return architecture


def _check_chat(path: Path, header: Header) -> None:
    if not header.text("tokenizer.ggml.model") or "tokenizer.ggml.tokens" not in header.arrays:
        raise MicrotuneError(f"{path} carries no tokenizer", OTHER_MODEL)
    template = header.text("tokenizer.chat_template")
    if not template:
        raise MicrotuneError(f"{path} carries no chat template", OTHER_MODEL)
    if START not in template or END not in template:
        raise MicrotuneError(f"{path} speaks another chat format than ChatML", OTHER_MODEL)


def _positive(path: Path, header: Header, key: str) -> int:
    value = header.integer(key)
    if value is None or value < 1:
        raise MicrotuneError(f"{path} does not say its {key}", "Download or write it again.")
    return value


def _check_tensors(path: Path, header: Header, layers: int, hidden: int) -> None:
    """Every layer is complete, and the embedding has a row for each token."""
    embedding = header.tensors.get("token_embd.weight")
    vocabulary = header.arrays["tokenizer.ggml.tokens"]
    if embedding is None or embedding.shape != (vocabulary, hidden):
        raise MicrotuneError(
            f"{path} has no embedding of {vocabulary} tokens by {hidden}",
            "Download or write it again.",
        )
    names = (
        f"blk.{layer}.{part}.weight" for layer in range(layers) for part in LAYER_PARTS.split()
    )
    missing = next((name for name in names if name not in header.tensors), None)
    if missing:
        raise MicrotuneError(f"{path} lacks the tensor {missing}", "Download or write it again.")


def _quantisation(header: Header) -> str:
    """The file's own word for it, such as "Q4_K_M"; else the type of most of its weights."""
    from gguf.constants import LlamaFileType

    said = header.integer("general.file_type")
    if said in set(LlamaFileType):
        name: str = LlamaFileType(said).name
        return name.removeprefix("MOSTLY_").removeprefix("ALL_")
    types: Counter[str] = Counter()
    for tensor in header.tensors.values():
        types[tensor.type] += tensor.elements
    return types.most_common(1)[0][0]
