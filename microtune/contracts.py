"""What a collector, a trainer and an engine must be able to do, whoever implements them.

Each protocol has one contract test class that every implementation passes.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from microtune.words import Found, Mark, Skip, Source


class Collector(Protocol):
    """Reads one source. Never writes to it, never keeps more than one text in memory."""

    source: Source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        """Yield what is new since `marks` (place → mark of earlier passes).

        Items that belong to a place come before that place's `Mark`. A problem with one item is
        a `Skip`; only a source that cannot be read at all raises `MicrotuneError`.
        """
        ...


@runtime_checkable
class PlaceCollector(Collector, Protocol):
    """A collector that can also read a part of its source, so that one saved file costs no rescan.

    One that cannot is read whole from its marks, which is cheap where a mark is a position.
    """

    def collect_at(self, place: str, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        """Like `collect`, for what lies at and below `place`; nothing where nothing is left.

        `marks` holds at least the marks of places at and below `place`.
        """
        ...

    def holds(self, place: str) -> bool:
        """Whether anything still lies at `place` of the source; True where that cannot be told."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """Something may be new in a source: at `place`, or, where that is "", anywhere in it."""

    source: str  # Source.id
    place: str


class Watch(Protocol):
    """Waits for changes in sources, at next to no cost while there are none."""

    def wait(self, seconds: float) -> tuple[Change, ...]:
        """The changes that have settled; empty after `seconds` without any, and after `wake`."""
        ...

    def wake(self) -> None:
        """Let `wait` return at once, now or when it is next called.

        From another thread or a signal handler.
        """
        ...

    def close(self) -> None:
        """Stop watching. Harmless when repeated."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a chat: `role` is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn. The same values and seed give the same text on the same machine."""

    seed: int = 0
    max_tokens: int = 300
    temperature: float = 0.6
    top_p: float = 0.95
    min_p: float = 0.1
    repeat_penalty: float = 1.15
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The log-likelihood of a text: `nats` summed over its `tokens`, which spell `bytes` bytes."""

    nats: float
    tokens: int
    bytes: int

    def __add__(self, other: "Score") -> "Score":
        """That of both texts together."""
        return Score(self.nats + other.nats, self.tokens + other.tokens, self.bytes + other.bytes)

    @property
    def bits_per_byte(self) -> float:
        return self.nats / math.log(2) / self.bytes


@dataclass(frozen=True, slots=True)
class Generated:
    """What a finished stream says of itself."""

    tokens: int
    prompt_tokens: int
    first_token_ms: float
    tokens_per_s: float
    finish: str  # "stop", "length" or "cancelled"


class Engine(Protocol):
    """A loaded base that streams tokens, scores text and swaps adapters.

    Adapters are folders of the library (see `microtune_adapters.library`). An adapter fitted to
    another base is refused by hash. Every swap clears the cache.
    """

    @property
    def base_sha256(self) -> str: ...

    def use(self, adapter: Path | None, scale: float = 1.0) -> float:
        """Serve with this adapter (None: the bare base). Returns the time taken in ms."""
        ...

    def stream(
        self, turns: Sequence[Turn], sampling: Sampling, done: Callable[[Generated], None]
    ) -> Iterator[str]:
        """Yield the assistant's answer piece by piece, then call `done` once. A last turn of the
        assistant's own is the answer's beginning: the stream goes on where it stops."""
        ...

    def cancel(self) -> None:
        """Stop the running stream within one token; callable from another thread."""
        ...

    def score(self, turns: Sequence[Turn], text: str) -> Score:
        """The likelihood of `text` as the assistant's answer to `turns`."""
        ...

    def logits(self, turns: Sequence[Turn], text: str) -> "Sequence[Sequence[float]]":
        """Logits [tokens of text, vocabulary] at the positions that predict each of them."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training run stands. `validation`: (step, loss) on texts that only steer it."""

    step: int
    steps: int
    loss: float
    tokens: int
    seconds: float
    seconds_left: float
    note: str = ""
    validation: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Trained:
    """What a trainer leaves: a PEFT folder and what it cost."""

    folder: Path
    steps: int
    tokens: int
    seconds: float
    losses: tuple[float, ...] = ()
    validation: tuple[tuple[int, float], ...] = ()
    note: str = ""  # what the person should know of how it went
    strength: float = 1.0  # what the weights were scaled by, for general text's sake
    divergence: float = 0.0  # from the base on general text, a share of the base's nats there


Rows = TypeVar("Rows", contravariant=True)  # packed examples, in the form that a back end takes


class Trainer(Protocol[Rows]):
    """Trains one adapter on a loaded base, interruptible at any step.

    With the same rows, steps and checkpoint a resumed run ends in the same weights.
    """

    def calibrate(self, rows: Rows) -> float:
        """Seconds that one step takes here; changes nothing."""
        ...

    def train(
        self,
        rows: Rows,
        validation: Rows,
        steps: int,
        report: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> Trained:
        """Run to `steps` or to early stopping, from the newest checkpoint if there is one.

        Raises `Interrupted`, with all state saved, once `stop()` is true.
        """
        ...
