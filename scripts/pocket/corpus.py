"""Reads the pretraining records and decides how often each kind is seen.

A record is one JSON object a line with `source`, `license`, `kind` and `text`, in `.jsonl` or
`.jsonl.xz` files. Knows nothing about tokens.
"""

import json
import lzma
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Passes over each kind in one pass of the mix: mail-like writing more often, the large
# transcripts and manuals less, so that the model meets letters and paragraphs most.
PASSES = {
    "mail": 2.0,
    "blog": 1.5,
    "handbook": 1.0,
    "literature": 0.6,
    "conversation": 0.45,
    "speech": 1.0,
    "minutes": 0.3,
    "gov": 1.0,
    "docs": 0.4,
}


@dataclass(frozen=True, slots=True)
class Record:
    source: str
    license: str
    kind: str
    text: str

    @property
    def open(self) -> bool:
        """Whether a licence is stated and open."""
        stated = self.license.strip().lower()
        return bool(stated) and not stated.startswith("none")


def read(path: Path) -> Iterator[Record]:
    """The openly licensed records of one file."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            record = Record(*(fields[k] or "" for k in ("source", "license", "kind", "text")))
            if record.open:
                yield record


def training_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.jsonl*"))


def every(folder: Path) -> Iterator[Record]:
    """Every training record once."""
    for path in training_files(folder):
        yield from read(path)


def heldout(folder: Path) -> list[Record]:
    return [r for path in sorted(folder.glob("heldout.jsonl*")) for r in read(path)]


def mix(
    folder: Path, seed: int, fraction: float = 1.0, keep: Callable[[Record], bool] = lambda _: True
) -> Iterator[Record]:
    """The training records that `keep` allows, as often as `PASSES` says, times `fraction`."""
    rng = random.Random(seed)
    for path in training_files(folder):
        for record in filter(keep, read(path)):
            times = PASSES.get(record.kind, 1.0) * fraction
            for _ in range(int(times) + (rng.random() < times % 1)):
                yield record
