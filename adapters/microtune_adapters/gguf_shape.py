"""How an adapter of a base is laid out in GGUF: llama.cpp's names of projections, and row orders.

Knows the architectures for which torch, MLX and llama.cpp were seen to compute the same adapter
(see docs/formats.md); that one is here does not make it a base that microtune serves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_header import Tensor, read_header

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
FUSED_NAMES = {
    "self_attn.qkv_proj": "attn_qkv",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
ARCHITECTURES = {
    **dict.fromkeys(("llama", "qwen2", "qwen3", "gemma3", "smollm3"), NAMES),
    "phi3": FUSED_NAMES,
}
# Their converters reorder the rows of q and k, in layers without rotary positions too.
PERMUTED = ("llama", "smollm3")


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a base decides how an adapter of it is laid out. `tensors` are the base's own."""

    name: str
    architecture: str
    layers: int
    heads: int
    kv_heads: int
    tensors: Mapping[str, Tensor]

    @property
    def names(self) -> Mapping[str, str]:
        """llama.cpp's names of the projections that such a base has."""
        return ARCHITECTURES[self.architecture]

    def permuted_heads(self, projection: str) -> int:
        """The heads by which the rows of that projection are reordered; 0 where they are not."""
        heads = {"self_attn.q_proj": self.heads, "self_attn.k_proj": self.kv_heads}
        return heads.get(projection, 0) if self.architecture in PERMUTED else 0


def read_shape(path: Path) -> Shape:
    """The shape of the base whose GGUF is at `path`. Raises `MicrotuneError` for another kind."""
    header = read_header(path)
    architecture = header.text("general.architecture") or ""
    if architecture not in ARCHITECTURES or header.text("general.type") == "adapter":
        raise MicrotuneError(
            f"{path} is no base of a kind whose adapters can be converted",
            f"Known are {', '.join(ARCHITECTURES)}.",
        )

    def number(key: str) -> int:
        value = header.integer(f"{architecture}.{key}")
        if value is None or value < 1:
            raise MicrotuneError(
                f"{path} does not say its {architecture}.{key}", "Download or write it again."
            )
        return value

    heads = number("attention.head_count")
    return Shape(
        name=header.text("general.name") or path.stem,
        architecture=architecture,
        layers=number("block_count"),
        heads=heads,
        kv_heads=header.integer(f"{architecture}.attention.head_count_kv") or heads,
        tensors=header.tensors,
    )
