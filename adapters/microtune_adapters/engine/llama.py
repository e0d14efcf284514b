"""The engine in this process, on llama.cpp. See `remote` for why it usually runs in its own.

Knows turns, adapters and how to score; `native` knows the C calls.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from microtune.contracts import Generated, Sampling, Score, Turn
from microtune_adapters.chatml import END, START, ChatCodec
from microtune_adapters.engine import defaults
from microtune_adapters.engine.fit import fitting_gguf
from microtune_adapters.engine.model import LoadedModel
from microtune_adapters.engine.native import BATCH, LOGIT_BYTES, NativeModel
from microtune_adapters.engine.text import TextStream
from microtune_adapters.gguf_inspect import inspect_base

BLOCK = 64  # tokens of a prompt that are decoded at once, and kept or read again together
Done = Callable[[Generated], None]


class LlamaEngine:
    """A base on llama.cpp; implements `microtune.contracts.Engine`.

    One call at a time; `cancel` may come from another thread. A call that comes while a stream is
    unfinished ends that stream.
    """

    def __init__(
        self, base: Path, n_ctx: int = defaults.CONTEXT, n_threads: int | None = None
    ) -> None:
        """Load the base; `n_ctx` tokens at most, and no more than it was trained for.

        Raises `MicrotuneError` for a file that is not a usable base.
        """
        info = inspect_base(base)
        self._base_sha256 = info.sha256
        self._native = self._load(
            base, min(n_ctx, info.context_length), n_threads or defaults.threads(info.bytes)
        )
        self._codec = ChatCodec(
            self._native.tokenise, self._native.control(START), self._native.control(END)
        )
        self._cancelled = threading.Event()
        self._inside: list[int] = []  # the prompt's tokens in the context, from its beginning
        self._serving: list[tuple[Path, float, float]] = []

    def _load(self, base: Path, n_ctx: int, n_threads: int) -> LoadedModel:
        return NativeModel(base, n_ctx, n_threads)

    @property
    def base_sha256(self) -> str:
        return self._base_sha256

    def use(self, adapter: Path | None, scale: float = 1.0) -> float:
        """Serve with this adapter only (None: the bare base); returns milliseconds.

        Raises `MicrotuneError`, and goes on as before, for one that does not fit.
        """
        return self.use_several([(adapter, scale)] if adapter else [])

    def use_several(self, adapters: Sequence[tuple[Path, float]]) -> float:
        """Serve with the sum of these adapters, each at its scale: a starter and one's own."""
        start = time.perf_counter()
        self._begin()
        fitting = [(fitting_gguf(folder, self._base_sha256), scale) for folder, scale in adapters]
        serving = [(path, scale, path.stat().st_mtime) for path, scale in fitting]
        if serving != self._serving:
            self._inside = []
            self._native.set_adapters(fitting)
            self._serving = serving
        return (time.perf_counter() - start) * 1e3

    def stream(self, turns: Sequence[Turn], sampling: Sampling, done: Done) -> Iterator[str]:
        """Yield the answer in whole characters, then call `done` once.

        A prompt that leaves no room for half a context of answer is cut, passages first.
        """
        room = self._native.n_ctx - min(sampling.max_tokens, self._native.n_ctx // 2)
        return self._generate(self._codec.fitted(turns, room), sampling, done, self._begin())

    def cancel(self) -> None:
        """End the running stream within one token; without one nothing happens."""
        self._cancelled.set()

    def score(self, turns: Sequence[Turn], text: str) -> Score:
        """The likelihood of `text` as the answer to `turns`; the turn's end is not scored.

        Of a text that fills more than three quarters of the context the beginning is scored, and
        `bytes` are those of the beginning; a prompt too long for the rest is cut.
        """
        nats, tokens = 0.0, 0
        for logits, targets in self._answer_logits(turns, text):
            nats -= float(log_likelihoods(logits, targets).sum())
            tokens += len(targets)
        spelled = sum(len(self._native.piece(token)) for token in self._scored_tokens(text))
        return Score(nats, tokens, spelled)

    def logits(self, turns: Sequence[Turn], text: str) -> Sequence[Sequence[float]]:
        """Logits [tokens of `text`, vocabulary] at the positions that predict each of them.

        It is a float32 array, which behaves like the sequence of the contract.
        """
        blocks = [np.array(logits) for logits, _ in self._answer_logits(turns, text)]
        empty = np.empty((0, self._native.vocabulary), np.float32)
        return cast("Sequence[Sequence[float]]", np.concatenate([empty, *blocks]))

    def close(self) -> None:
        """Free the base; harmless when done twice."""
        self._cancelled.set()
        self._native.close()

    def _begin(self) -> threading.Event:
        """End an unfinished stream and return the switch that cancels the next one."""
        self._cancelled.set()
        self._cancelled = threading.Event()
        return self._cancelled

    def _scored_tokens(self, text: str) -> list[int]:
        """The tokens of `text`, or as many as leave a quarter of the context to the prompt."""
        return self._native.tokenise(text)[: self._native.n_ctx * 3 // 4]

    def _generate(
        self, prompt: Sequence[int], sampling: Sampling, done: Done, cancelled: threading.Event
    ) -> Iterator[str]:
        clock = _Clock(len(prompt))
        text = TextStream(sampling.stop)
        finish = "cancelled"
        sampler = self._native.sampler(sampling)
        try:
            if not cancelled.is_set():  # else another call owns the context by now
                self._read_prompt(prompt, cancelled)
            position = len(prompt)
            while not cancelled.is_set():
                if clock.tokens >= sampling.max_tokens:
                    finish = "length"
                    break
                token = sampler.draw()
                clock.tick()
                if self._ends(token):
                    finish = "stop"
                    break
                if certain := text.feed(self._native.piece(token)):
                    yield certain
                if text.stopped:
                    finish = "stop"
                    break
                if position >= self._native.n_ctx:
                    finish = "length"
                    break
                if not cancelled.is_set():
                    self._native.read([token], position)
                    position += 1
            if rest := text.finish():
                yield rest
        finally:
            sampler.close()
        done(clock.generated(finish))

    def _ends(self, token: int) -> bool:
        return self._native.ends(token) or token == self._codec.start

    def _read_prompt(self, ids: Sequence[int], cancelled: threading.Event | None = None) -> None:
        """Read a prompt, but for the blocks that it begins with like the one before.

        Whole blocks only: what a token leaves in the context depends a little on how many are
        decoded with it, and the same prompt must give the same text.
        """
        kept = _same_blocks(self._inside, ids)
        self._native.forget(kept)
        del self._inside[kept:]
        for start in range(kept, len(ids), BLOCK):
            if cancelled is None or not cancelled.is_set():
                block = ids[start : start + BLOCK]
                self._native.read(block, start)
                self._inside += block

    def _answer_logits(
        self, turns: Sequence[Turn], text: str
    ) -> Iterator[tuple[NDArray[np.float32], list[int]]]:
        """Blocks of logits with the tokens that they should predict; bounded memory."""
        self._begin()
        answer = self._scored_tokens(text)
        prompt = self._codec.fitted(turns, self._native.n_ctx - len(answer))
        *head, last = prompt
        self._read_prompt(head)
        read = [last, *answer[:-1]]  # each predicts the token of `answer` at the same place
        rows = max(1, min(BATCH, LOGIT_BYTES // (4 * self._native.vocabulary)))
        for start in range(0, len(answer), rows):
            part = read[start : start + rows]
            yield (
                self._native.read(part, len(head) + start, every=True),
                answer[start : start + rows],
            )


def _same_blocks(inside: Sequence[int], ids: Sequence[int]) -> int:
    """How many tokens both begin with, in whole blocks, short of the last one of `ids`."""
    kept = 0
    while kept + BLOCK < len(ids) and inside[kept : kept + BLOCK] == ids[kept : kept + BLOCK]:
        kept += BLOCK
    return kept


class _Clock:
    """Counts the tokens of one stream and times them."""

    def __init__(self, prompt_tokens: int) -> None:
        self.tokens = 0
        self._prompt_tokens = prompt_tokens
        self._start = self._first = time.perf_counter()

    def tick(self) -> None:
        if self.tokens == 0:
            self._first = time.perf_counter()
        self.tokens += 1

    def generated(self, finish: str) -> Generated:
        now = time.perf_counter()
        later = self.tokens - 1  # the first one's time is the prompt's
        return Generated(
            tokens=self.tokens,
            prompt_tokens=self._prompt_tokens,
            first_token_ms=(self._first - self._start) * 1e3,
            tokens_per_s=later / (now - self._first) if later > 0 else 0.0,
            finish=finish,
        )


def log_likelihoods(logits: NDArray[np.float32], targets: Sequence[int]) -> NDArray[np.float64]:
    """Log-softmax of each row at its target, [rows]."""
    top = logits.max(axis=1)
    total = np.exp(logits - top[:, None]).sum(axis=1, dtype=np.float64)
    chosen = logits[np.arange(len(targets)), targets]
    return np.asarray(chosen - top - np.log(total), np.float64)
