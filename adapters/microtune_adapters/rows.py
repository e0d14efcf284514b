"""Rows: examples as token ids, packed side by side into rows of equal length without cross-talk.

Each example keeps a segment number and positions that start at zero, so attention can be held
within it and a row of many short mails trains as fast as one long text. Knows nothing about
models.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Example

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example in tokens: `ids`, of which those from `answer` on bear loss."""

    ids: tuple[int, ...]
    answer: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Arrays [rows, length]. `targets` holds the id to predict at each place, -1 for no loss;
    `segments` is 0 where a row is empty."""

    ids: Ints
    targets: Ints
    positions: Ints
    segments: Ints

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def tokens(self) -> int:
        """Tokens that are not padding."""
        return int((self.segments > 0).sum())

    def take(self, rows: slice) -> "Rows":
        return Rows(*(array[rows] for array in self._arrays()))

    def trimmed(self) -> "Rows":
        """The same rows without the columns in which all of them are empty."""
        used = int((self.segments > 0).any(0).sum())
        return Rows(*(array[:, :used] for array in self._arrays()))

    def joined(self, other: "Rows") -> "Rows":
        """These rows, then the other's."""
        pairs = zip(self._arrays(), other._arrays(), strict=True)
        return Rows(*(np.concatenate(pair) for pair in pairs))

    def save(self, path: Path) -> None:
        with path.open("wb") as file:
            np.savez(
                file,
                ids=self.ids,
                targets=self.targets,
                positions=self.positions,
                segments=self.segments,
            )

    @classmethod
    def load(cls, path: Path) -> "Rows":
        with path.open("rb") as file, np.load(file) as arrays:
            return cls(*(arrays[k] for k in ("ids", "targets", "positions", "segments")))

    def _arrays(self) -> tuple[Ints, Ints, Ints, Ints]:
        return self.ids, self.targets, self.positions, self.segments


def encoded(codec: ChatCodec, example: Example, length: int) -> Encoded:
    """An example in at most `length` tokens, of which the answer may take three quarters."""
    answer = codec.answer(example.answer)[: length * 3 // 4]
    prompt = codec.fitted(example.turns, length - len(answer))
    return Encoded((*prompt, *answer), len(prompt))


def packing(
    sequences: Iterable[Encoded], length: int, open_rows: int = 32
) -> Iterator[list[Encoded]]:
    """Rows of `length`, first-fit, each as soon as it is settled: the sequences keep their order
    but for small gaps, and no more of them are taken than the rows asked for need."""
    waiting: list[list[Encoded]] = []
    for sequence in sequences:
        need = len(sequence.ids)
        home = next((r for r in waiting if sum(len(s.ids) for s in r) + need <= length), None)
        if home is None:
            waiting.append(home := [])
        home.append(sequence)
        if len(waiting) > open_rows:
            yield waiting.pop(0)
    yield from waiting


def packed(sequences: Iterable[Encoded], length: int, open_rows: int = 32) -> Rows:
    """All sequences in rows of `length`."""
    return rows_of(list(packing(sequences, length, open_rows)), length)


def one_a_row(sequences: Sequence[Encoded], length: int) -> Rows:
    """Each sequence alone in a row of `length`, in their order."""
    return rows_of([[sequence] for sequence in sequences], length)


def rows_of(rows: Sequence[Sequence[Encoded]], length: int) -> Rows:
    """Each row's sequences, which fit into `length` together, one behind the other."""
    shape = (len(rows), length)
    ids, positions, segments = (np.zeros(shape, np.int32) for _ in range(3))
    targets = np.full(shape, -1, np.int32)
    for r, row in enumerate(rows):
        at = 0
        for number, sequence in enumerate(row, start=1):
            n = len(sequence.ids)
            ids[r, at : at + n] = sequence.ids
            positions[r, at : at + n] = np.arange(n)
            segments[r, at : at + n] = number
            first = at + sequence.answer - 1  # the place that predicts the answer's first token
            targets[r, first : at + n - 1] = sequence.ids[sequence.answer :]
            at += n
    return Rows(ids, targets, positions, segments)
