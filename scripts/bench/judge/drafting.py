"""Drafts of one engine, with the product's own sampling. Knows nothing of how they are judged."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from microtune.contracts import Engine, Generated, Sampling

from .asked import Asked

LEAST_TOKENS = 200
TOKENS_FOR_A_WORD = 2.5


@dataclass(frozen=True, slots=True)
class Draft:
    """What the engine made of a prompt; `stopped`: by its own end token, before it was cut."""

    asked: Asked
    seed: int
    text: str
    tokens: int
    stopped: bool

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self.asked), "seed": self.seed, "draft": self.text, **self._end()}

    def _end(self) -> dict[str, Any]:
        return {"tokens": self.tokens, "stopped": self.stopped}


def most_tokens(asked: Asked) -> int:
    """When a draft is cut: well beyond the length asked for, or else that of the real answer."""
    wanted = asked.words or len(asked.answer.split())
    return max(LEAST_TOKENS, int(TOKENS_FOR_A_WORD * wanted))


def drafts(
    engine: Engine, prompts: Sequence[Asked], report: Callable[[int], None] = lambda done: None
) -> list[Draft]:
    """One draft of each prompt. A prompt's place is its seed, so each base meets the same ones."""
    found = []
    for seed, asked in enumerate(prompts):
        finished: list[Generated] = []
        sampling = Sampling(seed=seed, max_tokens=most_tokens(asked))
        text = "".join(engine.stream(asked.turns, sampling, finished.append)).strip()
        (end,) = finished
        found.append(Draft(asked, seed, text, end.tokens, end.finish == "stop"))
        report(seed + 1)
    return found
