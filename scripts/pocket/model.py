"""The network: a Llama of a few million parameters, with the parameter names of transformers.

RMSNorm before each block, rotary positions in the rotate-half layout, grouped-query attention,
SwiGLU, tied embeddings (Touvron et al., 2023). Plain enough that transformers, peft, mlx-lm and
llama.cpp load its weights as they are.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_BLOCK = 256  # queries


@dataclass(frozen=True, slots=True)
class Shape:
    vocabulary: int = 8192
    hidden: int = 256
    inner: int = 768
    layers: int = 6
    heads: int = 4
    kv_heads: int = 1
    context: int = 1024
    theta: float = 10000.0
    epsilon: float = 1e-5

    def config(self) -> dict[str, Any]:
        """The same as a transformers `LlamaConfig` dictionary."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "vocab_size": self.vocabulary,
            "hidden_size": self.hidden,
            "intermediate_size": self.inner,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.hidden // self.heads,
            "max_position_embeddings": self.context,
            "rope_theta": self.theta,
            "rms_norm_eps": self.epsilon,
            "tie_word_embeddings": True,
            "hidden_act": "silu",
        }

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Norm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), self.weight.shape, self.weight, self.epsilon)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    turned = torch.cat((-x[..., half:], x[..., :half]), dim=-1)
    return (x * cos + turned * sin).to(x.dtype)


def _attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention. On a CPU plain products, a block of queries at a time against the keys up
    to its end, are over twice as fast as torch's fused ones."""
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    length = q.shape[2]
    blocks = [
        _attend_block(q[:, :, at : at + _BLOCK], k[:, :, : at + _BLOCK], v[:, :, : at + _BLOCK])
        for at in range(0, length, _BLOCK)
    ]
    return torch.cat(blocks, dim=2)


def _attend_block(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The last queries of the keys' length, each seeing the keys up to its own place."""
    scores = (q @ k.transpose(-1, -2)) * (q.shape[-1] ** -0.5)
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1 + k.shape[2] - q.shape[2])
    weights = scores.float().masked_fill(future, float("-inf")).softmax(-1)
    return weights.to(v.dtype) @ v


class Attention(nn.Module):
    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.width = s.hidden // s.heads
        self.q_proj = nn.Linear(s.hidden, s.heads * self.width, bias=False)
        self.k_proj = nn.Linear(s.hidden, s.kv_heads * self.width, bias=False)
        self.v_proj = nn.Linear(s.hidden, s.kv_heads * self.width, bias=False)
        self.o_proj = nn.Linear(s.heads * self.width, s.hidden, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = (
            p(x).view(batch, length, -1, self.width).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        groups = q.shape[1] // k.shape[1]
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        mixed = _attend(q, k, v)
        out: Tensor = self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))
        return out


class Inner(nn.Module):
    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(s.hidden, s.inner, bias=False)
        self.up_proj = nn.Linear(s.hidden, s.inner, bias=False)
        self.down_proj = nn.Linear(s.inner, s.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Layer(nn.Module):
    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.input_layernorm = Norm(s.hidden, s.epsilon)
        self.self_attn = Attention(s)
        self.post_attention_layernorm = Norm(s.hidden, s.epsilon)
        self.mlp = Inner(s)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        out: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return out


class Pocket(nn.Module):
    """`forward(ids [batch, length]) -> hidden states [batch, length, hidden]`, normed."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden, shape.epsilon)
        width = shape.hidden // shape.heads
        rates = 1.0 / shape.theta ** (torch.arange(0, width, 2).float() / width)
        angles = torch.outer(torch.arange(shape.context).float(), rates).repeat(1, 2)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        for name, weight in self.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                nn.init.zeros_(weight)  # every layer begins as the identity
            elif weight.ndim == 2:
                nn.init.normal_(weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        length = ids.shape[1]
        x: Tensor = self.embed_tokens(ids).float()
        for layer in self.layers:
            x = layer(x, self.cos[:length], self.sin[:length])
        out: Tensor = self.norm(x)
        return out

    def named_weights(self) -> dict[str, Tensor]:
        """The weights under the names that transformers gives them."""
        return {f"model.{name}": weight.detach() for name, weight in self.named_parameters()}
