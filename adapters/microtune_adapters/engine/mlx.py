"""The engine on mlx-lm, for Apple silicon, where it computes on the graphics processor.

It differs from the one on llama.cpp in what computes; turns, adapters and scores are the same.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microtune.contracts import Sampling
from microtune.errors import MicrotuneError
from microtune_adapters.engine.drawing import Drawing
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.engine.model import LoadedModel
from microtune_adapters.engine.vocabulary import TRY_AGAIN, open_vocabulary
from microtune_adapters.gguf_reading import read_gguf
from microtune_adapters.gguf_shape import read_shape


class MlxEngine(LlamaEngine):
    """A base on mlx-lm; implements `microtune.contracts.Engine` as `LlamaEngine` does."""

    def _load(self, base: Path, n_ctx: int, n_threads: int) -> LoadedModel:
        return MlxModel(base, n_ctx)


class MlxModel:
    """One base with one context; a `LoadedModel`. Not safe for use from several threads at once."""

    def __init__(self, path: Path, n_ctx: int) -> None:
        from microtune_adapters.mlx_base import load_mlx_model
        from microtune_adapters.mlx_lora import MlxLora

        self.n_ctx = n_ctx
        self._shape = read_shape(path)
        self._words = open_vocabulary(path)
        self.tokenise, self.control = self._words.tokenise, self._words.control
        self.piece, self.ends = self._words.piece, self._words.ends
        self._network: Any = load_mlx_model(path)
        self.vocabulary = int(self._network.args.vocab_size)
        self._lora = MlxLora(self._network)
        self._last = np.zeros((1, self.vocabulary), np.float32)
        self._cache: list[Any] = []
        self.forget()

    def set_adapters(self, adapters: Sequence[tuple[Path, float]]) -> None:
        """Serve with these adapters and no others; forgets the context."""
        weights = [(read_gguf(path, self._shape), scale) for path, scale in adapters]
        self._lora.serve(weights)
        self.forget()

    def forget(self, since: int = 0) -> None:
        """Clear the context from this position on."""
        from mlx_lm.models.cache import make_prompt_cache, trim_prompt_cache

        if since:
            trim_prompt_cache(self._cache, int(self._cache[0].offset) - since)
        else:
            self._cache = make_prompt_cache(self._network)

    def read(self, ids: Sequence[int], position: int, every: bool = False) -> NDArray[np.float32]:
        """Logits of all these tokens, or of the last one; they follow on what is in the context."""
        import mlx.core as mx

        from microtune_adapters.mlx_base import head_of

        try:
            hidden = self._network.model(mx.array([list(ids)]), self._cache)[0]
            logits = head_of(self._network, hidden if every else hidden[-1:])
            self._last = np.array(logits.astype(mx.float32))
        except RuntimeError as error:  # of memory, as a rule
            raise MicrotuneError(f"mlx cannot go on ({error})", TRY_AGAIN) from error
        return self._last

    def sampler(self, sampling: Sampling) -> Drawing:
        return Drawing(lambda: self._last[-1], sampling)

    def close(self) -> None:
        """Let go of the base; harmless when done twice."""
        self._words.close()
        self._lora.detach()
        self._network, self._cache = None, []
