"""Which fault is next: drawn from seed and number, so that a campaign can be played again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from fault_kinds import Means, kinds_for

MIX = (  # how often each job is drawn
    ("collect",) * 3 + ("train", "train on", "resume", "promote", "forget") * 2 + ("use",)
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which job. `moment` is the share of the job's work that is done before it,
    `chance` how much room a limit leaves."""

    number: int
    seed: int
    job: str
    kind: str
    moment: float
    chance: float


def drawn(seed: int, number: int, means: Means, jobs: Sequence[str] = MIX) -> Fault:
    """The fault of that number; the same seed gives the same campaign on the same machine."""
    chance = random.Random(f"{seed} {number}")
    job = chance.choice(jobs)
    kind = chance.choice(kinds_for(job, means))
    return Fault(number, seed, job, kind, chance.random(), chance.random())
