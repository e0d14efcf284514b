#!/usr/bin/env python3
"""Repeats pieces of valid inputs until they are long, and says which reader takes too long.

What grows with the square of its input passes every test on small ones. Each piece is pumped to
`SIZE` bytes behind the beginning of a valid input; a reader gets `LONGEST` seconds of CPU for it.
`python scripts/fuzz/pump.py [READER …] [--tries N] [--seed N]`
"""

import argparse
import random
import signal
import sys
import time
from pathlib import Path
from types import FrameType

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "collectors")]
sys.path.append(str(Path(__file__).parents[2]))

SIZE = 100_000  # bytes
LONGEST = 4.0  # seconds of CPU


class TooLong(Exception):
    """A reader did not come back in time."""


def pumped(seed: bytes, chance: random.Random) -> tuple[bytes, bytes, bytes]:
    """A beginning, a piece to repeat and an end, all from this input."""
    at = chance.choice((0, chance.randrange(len(seed))))
    begin = chance.randrange(len(seed))
    piece = seed[begin : begin + chance.choice((1, 1, 2, 2, 3, 4, 6, 8, 12, 20, 40))]
    if chance.random() < 0.3:
        piece = bytes(chance.choice(b" \n\t\\\"'(<[{-=*_`|>:;,.&#a1\xc3") for _ in range(3))
    piece = piece[: chance.choice((1, 2, len(piece)))]
    return seed[:at], piece, chance.choice((b"", seed[at:], b"!"))


def seconds(name: str, data: bytes) -> float:
    """How long the reader takes, of CPU. Raises `TooLong`, and what escapes it."""
    from fuzz.readers import READERS

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLong

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST, 0.1)  # again: a reader may swallow it
    began = time.process_time()
    try:
        READERS[name](data)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    took = time.process_time() - began
    if took > LONGEST:
        raise TooLong
    return took


def campaign(names: list[str], tries: int, chance: random.Random) -> int:
    """Pump every reader this often; says what fails, and returns how many did."""
    from fuzz.seeds import SEEDS

    failed = 0
    for name in names or list(SEEDS):
        slowest = 0.0
        for _ in range(tries):
            head, piece, tail = pumped(SEEDS[name], chance)
            data = head + piece * (SIZE // len(piece)) + tail
            try:
                slowest = max(slowest, seconds(name, data))
            except (Exception, MemoryError) as error:
                failed += 1
                shown = f"{head[-30:]!r} + {piece!r} * n + {tail[:30]!r}"
                print(f"{name}: {type(error).__name__} {str(error)[:80]} {shown}", flush=True)
        print(f"{name}: {tries} tries, the slowest {slowest:.2f} s", flush=True)
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description="Find what takes a reader too long.")
    parser.add_argument("readers", nargs="*")
    parser.add_argument("--tries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    return campaign(given.readers, given.tries, random.Random(given.seed)) > 0


if __name__ == "__main__":
    sys.exit(main())
