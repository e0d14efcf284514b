"""What an engine needs of a loaded base, whichever library computes: tokens in, logits out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from microtune.contracts import Sampling


class Sampler(Protocol):
    """Draws the tokens of one stream, so that the same seed gives the same text."""

    def draw(self) -> int:
        """The next token after what was read last."""
        ...

    def close(self) -> None: ...


class LoadedModel(Protocol):
    """A base with one context of `n_ctx` tokens, out of `vocabulary` different ones."""

    n_ctx: int
    vocabulary: int

    def tokenise(self, text: str) -> list[int]: ...
    def control(self, token: str) -> int: ...
    def piece(self, token: int) -> bytes: ...
    def ends(self, token: int) -> bool: ...

    def set_adapters(self, adapters: Sequence[tuple[Path, float]]) -> None:
        """Serve with these GGUF files, each at its scale, and with no others; forgets the context.

        Raises `MicrotuneError`, and leaves the earlier ones set, where one cannot be taken.
        """
        ...

    def forget(self, since: int = 0) -> None:
        """Clear the context from this position on."""
        ...

    def read(self, ids: Sequence[int], position: int, every: bool = False) -> NDArray[np.float32]:
        """Logits after a few tokens that stand from `position` on: of each if `every`, else of the
        last. [tokens or 1, vocabulary], valid until the next call."""
        ...

    def sampler(self, sampling: Sampling) -> Sampler: ...
    def close(self) -> None: ...
