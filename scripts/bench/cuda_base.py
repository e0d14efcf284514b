"""A base of random weights in the shape of a Qwen3, made where it is trained on.

The same seed on the same device gives the same weights. Knows nothing of who trains on it.
"""

from typing import Any

from cuda_shape import SHAPES


def random_base(shape: str, device: str, attention: str | None = None) -> Any:
    """A transformers causal language model: bf16 on a GPU, fp32 on the CPU."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen3Config

    torch.manual_seed(0)
    with torch.device(device):
        return AutoModelForCausalLM.from_config(
            Qwen3Config(**SHAPES[shape].config()),
            dtype=torch.float32 if device == "cpu" else torch.bfloat16,
            attn_implementation=attention,
        )


def in_four_bits(plain: Any, device: str) -> Any:
    """The same base in NF4 with double quantisation, as transformers loads one."""
    import torch
    from transformers import BitsAndBytesConfig

    return type(plain).from_pretrained(
        None,
        config=plain.config,
        state_dict=plain.state_dict(),
        dtype=torch.bfloat16,
        device_map={"": device if device == "cpu" else 0},  # accelerate wants its number
        quantization_config=BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        ),
    )
