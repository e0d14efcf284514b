"""Contestants that take turns, so that what else the machine does befalls all alike.

Like `measured`, it stays small: what is heavy runs in the contestants' own processes.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from measured import CommandFailed, measure

Contestant = TypeVar("Contestant", bound=Hashable)
Run = dict[str, Any]


def in_turn(
    contestants: Sequence[Contestant], rounds: int, run: Callable[[Contestant], Run]
) -> dict[Contestant, list[Run]]:
    """The runs of each, one a round; every second round goes backwards."""
    runs: dict[Contestant, list[Run]] = defaultdict(list)
    for number in range(rounds):
        for one in contestants if number % 2 == 0 else reversed(contestants):
            runs[one].append(run(one))
            print(f"round {number + 1}: {one} {runs[one][-1]}", file=sys.stderr)
    return runs


def attempted(command: Sequence[str | os.PathLike[str]]) -> Run:
    """What the command printed and the most memory that it held, or why it `failed`."""
    try:
        cost = measure(command)
    except CommandFailed as error:
        return {"failed": str(error)}
    return {**cost.json(), "peak_mb": cost.peak_mb}
