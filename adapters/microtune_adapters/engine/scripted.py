"""The engine's in-memory twin: says what it is told to, at once and always the same. For tests.

Its model of text is that every byte is equally likely, which makes its scores true and simple:
a token is a byte, and each costs ln 256 nats.
"""

import math
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from microtune.contracts import Generated, Sampling, Score, Turn
from microtune_adapters.engine.fit import fitting_gguf
from microtune_adapters.engine.text import TextStream

VOCABULARY = 256


class ScriptedEngine:
    """Answers with `answer`, word by word. `adapter` and `asked` tell tests what it was given."""

    def __init__(self, answer: str | Callable[[Sequence[Turn]], str], base_sha256: str) -> None:
        self.adapter: Path | None = None
        self.asked: list[tuple[Turn, ...]] = []
        self._answer = answer
        self._base_sha256 = base_sha256
        self._cancelled = threading.Event()

    @property
    def base_sha256(self) -> str:
        return self._base_sha256

    def use(self, adapter: Path | None, scale: float = 1.0) -> float:
        """Remember the adapter, once it is known to fit."""
        if adapter:
            fitting_gguf(adapter, self._base_sha256)
        self._begin()
        self.adapter = adapter
        return 0.0

    def stream(
        self, turns: Sequence[Turn], sampling: Sampling, done: Callable[[Generated], None]
    ) -> Iterator[str]:
        """Yield the answer; a word with the space before it counts as a token."""
        self.asked.append(tuple(turns))
        said = self._answer if isinstance(self._answer, str) else self._answer(turns)
        prompt = sum(len(turn.content.split()) for turn in turns)
        return self._say(said, prompt, sampling, done, self._begin())

    def cancel(self) -> None:
        self._cancelled.set()

    def score(self, turns: Sequence[Turn], text: str) -> Score:
        size = len(text.encode("utf-8", "replace"))
        return Score(size * math.log(VOCABULARY), size, size)

    def logits(self, turns: Sequence[Turn], text: str) -> list[list[float]]:
        return [[0.0] * VOCABULARY for _ in text.encode("utf-8", "replace")]

    def close(self) -> None:
        self._cancelled.set()

    def _begin(self) -> threading.Event:
        self._cancelled.set()
        self._cancelled = threading.Event()
        return self._cancelled

    def _say(
        self,
        said: str,
        prompt: int,
        sampling: Sampling,
        done: Callable[[Generated], None],
        cancelled: threading.Event,
    ) -> Iterator[str]:
        text, count, finish = TextStream(sampling.stop), 0, "stop"
        for word in _words(said):
            if cancelled.is_set() or count >= sampling.max_tokens:
                finish = "cancelled" if cancelled.is_set() else "length"
                break
            count += 1
            if certain := text.feed(word.encode("utf-8", "replace")):
                yield certain
            if text.stopped:
                break
        if rest := text.finish():
            yield rest
        done(Generated(count, prompt, 0.0, 0.0, finish))


def _words(text: str) -> list[str]:
    """The words of `text`, each with the white space before it."""
    return re.findall(r"\s*\S+|\s+$", text)
