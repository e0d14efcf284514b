"""Random examples as long as those of real mail, and what they are to be trained with.

The lengths are drawn from lognormal distributions whose median and spread are those of the logs of
what microtune makes of the sent mail of four people of the Enron corpus, 3,956 examples by pocket's
tokenizer: prompts (a brief or the message answered, often with passages) of 134 tokens and a spread
of 0.73, answers of 64 and 0.85, hardly correlated (0.1). As with real ones an example has at most
512 tokens, of which the answer takes at most three quarters. The ids are random: computing takes as
long, whatever a text says. Knows nothing of torch.
"""

import random
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

Example = tuple[list[int], int]  # token ids, and how many of them are the prompt

ROW = 512
WARM = 3  # steps before the clock starts
PROMPT, ANSWER = (134.0, 0.73), (64.0, 0.85)  # the median, and the spread of the logs
FEWEST = 4  # tokens of either


def drawn(vocabulary: int, seed: int) -> Iterator[Example]:
    """Examples without end; the same seed gives the same ones."""
    chance = random.Random(seed)
    while True:
        answer = _length(chance, ANSWER, ROW * 3 // 4)
        prompt = _length(chance, PROMPT, ROW - answer)
        yield [chance.randrange(vocabulary) for _ in range(prompt + answer)], prompt


def _length(chance: random.Random, like: tuple[float, float], most: int) -> int:
    median, spread = like
    return min(most, max(FEWEST, round(median * chance.lognormvariate(0.0, spread))))


def filling(examples: Iterator[Example], tokens: int) -> list[Example]:
    """As many as have `tokens` together, and no more."""
    left = tokens

    def fits(example: Example) -> bool:
        nonlocal left
        left -= len(example[0])
        return left >= 0

    return list(takewhile(fits, examples))


def task(shape: str, vocabulary: int, device: str, batch: int, steps: int) -> dict[str, Any]:
    """All that a contestant needs. `timed` are the examples of the steps that count, in about as
    many rows as the steps hold; `warm` those of the steps before, more than enough of them."""
    place = steps * batch * ROW
    timed = filling(drawn(vocabulary, seed=1), place)
    return {
        "shape": shape,
        "device": device,
        "batch": batch,
        "examples_a_step": max(1, round(len(timed) / steps)),
        "timed": timed,
        "warm": filling(drawn(vocabulary, seed=2), 2 * WARM * batch * ROW),
    }


def lengths(examples: list[Example]) -> list[tuple[int, int]]:
    """All tokens of each, and those of its answer."""
    return [(len(ids), len(ids) - prompt) for ids, prompt in examples]
