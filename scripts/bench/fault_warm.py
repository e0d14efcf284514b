"""Imported by the process that commands are forked from: what costs time and disturbs nothing.

Every module that a training run comes to import, and transformers' table of conversions, which it
makes once a process. All that is frozen: a collection of garbage in a command would go through it,
and so copy every page of it. So a fault costs what its command does.
"""

import gc
import importlib

MODULES = """
    fault_checks fault_scenes
    torch transformers peft tokenizers gguf llama_cpp safetensors.numpy safetensors.torch
    peft.utils.transformers_weight_conversion torch.utils.serialization
    transformers.integrations.ggml transformers.modeling_gguf_pytorch_utils
    transformers.models.gemma.tokenization_gemma transformers.models.gpt2.tokenization_gpt2
    transformers.models.llama.modeling_llama transformers.models.llama.tokenization_llama
    transformers.models.qwen2.tokenization_qwen2
    transformers.models.qwen3_5.tokenization_qwen3_5 transformers.models.t5.tokenization_t5
    microtune.source_pass microtune_adapters.engine.worker microtune_adapters.reference
    microtune_adapters.torch_trainer microtune_adapters.training_run microtune_tui.cli
""".split()  # noqa: SIM905


def warm() -> None:
    for name in MODULES:
        importlib.import_module(name)
    from transformers.conversion_mapping import get_checkpoint_conversion_mapping

    get_checkpoint_conversion_mapping("llama")
    gc.collect()
    gc.freeze()


warm()
