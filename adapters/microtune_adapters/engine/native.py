"""The only place that computes with llama.cpp: tokens in, logits and samples out, adapters set
and freed.

Uses llama-cpp-python's low-level calls, because its high-level class fixes the adapter when it is
built and keeps stale caches. Knows nothing of turns, folders or hashes.
"""

import ctypes
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microtune.contracts import Sampling
from microtune.errors import MicrotuneError
from microtune_adapters.engine.vocabulary import TRY_AGAIN, Vocabulary

BATCH = 256  # tokens decoded at once while reading a prompt
LOGIT_BYTES = 1 << 26  # the largest block of logits asked for at once
EXACT_CACHE_BELOW = 1 << 28  # bytes of a base small enough for a float32 cache
REPEAT_WINDOW = 256  # the latest own tokens that the repeat penalty looks at


class NativeModel(Vocabulary):
    """One mapped base with one context. Not safe for use from several threads at once."""

    def __init__(self, path: Path, n_ctx: int, n_threads: int) -> None:
        import llama_cpp

        try:
            exact = path.stat().st_size < EXACT_CACHE_BELOW
            cache = {"type_k": 0, "type_v": 0} if exact else {}  # 0: GGML_TYPE_F32
            self._llm = llama_cpp.Llama(
                str(path),
                n_ctx=n_ctx,
                n_batch=BATCH,
                n_threads=n_threads,
                n_threads_batch=n_threads,
                verbose=False,
                **cache,
            )
        except (ValueError, RuntimeError, OSError) as error:
            raise MicrotuneError(f"llama.cpp cannot load {path} ({error})", TRY_AGAIN) from error
        super().__init__(self._llm._model)
        logging.getLogger("llama-cpp-python").setLevel(logging.CRITICAL + 1)
        self._adapters: list[Any] = []
        self.n_ctx = int(self._llm.n_ctx())
        self.vocabulary = int(self._llm.n_vocab())

    def set_adapters(self, adapters: Sequence[tuple[Path, float]]) -> None:
        """Serve with these adapters, each at its scale, and with no others; forgets the context.

        Raises `MicrotuneError`, and leaves the earlier ones set, when llama.cpp refuses one.
        """
        loaded = self._load(adapters)
        api, count = self._api, len(loaded)
        pointers = (api.llama_adapter_lora_p_ctypes * count)(*loaded) if loaded else None
        scales = (ctypes.c_float * count)(*(scale for _, scale in adapters)) if loaded else None
        if api.llama_set_adapters_lora(self._llm._ctx.ctx, pointers, count, scales):
            self._free(loaded)
            raise MicrotuneError("llama.cpp cannot set the adapter", TRY_AGAIN)
        self._adapters, earlier = loaded, self._adapters
        self._free(earlier)
        self.forget()

    def forget(self, since: int = 0) -> None:
        """Clear the context from this position on: what an earlier adapter or prompt left there
        would falsify the next."""
        self._llm.reset()
        memory = self._api.llama_get_memory(self._llm._ctx.ctx)
        if not (since and self._api.llama_memory_seq_rm(memory, 0, since, -1)):
            self._llm._ctx.kv_cache_clear()

    def read(self, ids: Sequence[int], position: int, every: bool = False) -> NDArray[np.float32]:
        """Decode at most `BATCH` tokens from `position` on and return a view of their logits.

        [len(ids), vocabulary] if `every`, else [1, vocabulary] of the last one. The view is valid
        until the next call.
        """
        self._llm._batch.set_batch(batch=ids, n_past=position, logits_all=every)
        try:
            self._llm._ctx.decode(self._llm._batch)
        except RuntimeError as error:
            raise MicrotuneError(f"llama.cpp cannot go on ({error})", TRY_AGAIN) from error
        shape = (len(ids) if every else 1, self.vocabulary)
        return np.ctypeslib.as_array(self._llm._ctx.get_logits(), shape=shape)

    def sampler(self, sampling: Sampling) -> "NativeSampler":
        return NativeSampler(self._llm, self.vocabulary, sampling)

    def close(self) -> None:
        """Free everything; harmless when done twice."""
        if self._adapters:
            self.set_adapters([])
        self._llm.close()

    def _load(self, adapters: Sequence[tuple[Path, float]]) -> list[Any]:
        loaded: list[Any] = []
        for path, _ in adapters:
            adapter = self._api.llama_adapter_lora_init(self._llm._model.model, str(path).encode())
            if not adapter:  # NULL is falsy, not None
                self._free(loaded)
                raise MicrotuneError(f"llama.cpp refuses {path}", "Train or import it again.")
            loaded.append(adapter)
        return loaded

    def _free(self, adapters: Sequence[Any]) -> None:
        for adapter in adapters:
            self._api.llama_adapter_lora_free(adapter)


class NativeSampler:
    """Draws tokens: repeat penalty, top-p, min-p, temperature, seed. One for each stream, so the
    same seed gives the same text. At temperature 0 the likeliest token is taken."""

    def __init__(self, llm: Any, vocabulary: int, sampling: Sampling) -> None:
        from llama_cpp._internals import LlamaSampler

        self._context = llm._ctx
        self._chain = LlamaSampler()
        self._chain.add_penalties(vocabulary, REPEAT_WINDOW, sampling.repeat_penalty, 0.0, 0.0)
        if sampling.temperature <= 0:
            self._chain.add_greedy()
            return
        self._chain.add_top_p(sampling.top_p, 1)
        self._chain.add_min_p(sampling.min_p, 1)
        self._chain.add_temp(sampling.temperature)
        self._chain.add_dist(sampling.seed & 0xFFFFFFFF)

    def draw(self) -> int:
        """The next token after what was read last."""
        return int(self._chain.sample(self._context))

    def close(self) -> None:
        self._chain.close()
