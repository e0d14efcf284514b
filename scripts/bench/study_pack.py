"""What a study needs of one person, in one file of numbers: token ids, and how they are used.

Whoever trains the variants needs the file and the base, neither home nor store. Knows nothing of
how it is made (`study_packing`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from study_scoring import Scored
from study_variants import Form, Variant

from microtune_adapters.recipes import Recipe, choose_recipe
from microtune_adapters.rows import Encoded

Sequences = tuple[Encoded, ...]  # what shares a row
OUTSIDE = "general.json"  # beside the packs: general text of other sources, in tokens
_FIGURES = ("documents", "words", "pieces", "scored")  # of `Studied`
Key = tuple[int | None, Form, float | None, int]  # documents, form, passages, seed


class NotPacked(Exception):
    """The pack was made for other variants or fewer steps, or is none."""


@dataclass(frozen=True, slots=True)
class About:
    """Whose it is, what `part` they have, for which base (its SHA-256, weights and context length),
    and how many of their `texts` are scored at most."""

    person: str
    part: str
    base: str
    parameters: int
    context: int
    texts: int


@dataclass(frozen=True, slots=True)
class Studied:
    """What goes with one choice of documents to train on: how many they are, their words and
    pieces; what is scored, of how many texts (without passages, and with those found among them);
    and what is watched, in rows."""

    documents: int
    words: int
    pieces: int
    scored: int
    plain: Scored
    retrieved: Scored
    watched: tuple[Sequences, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows to train on, epoch after epoch. `ends`: how many there are up to the end of each epoch
    that is there as a whole."""

    rows: tuple[Sequences, ...]
    ends: tuple[int, ...]

    def first(self, wanted: int, epochs: int) -> Sequence[Sequences]:
        """So many rows, or all of so many epochs. Raises `NotPacked`."""
        whole = len(self.ends) >= epochs
        there = self.ends[epochs - 1] if whole else len(self.rows)
        if wanted > there and not whole:
            raise NotPacked(f"it holds {there} rows of the {wanted} that are wanted")
        return self.rows[: min(wanted, there)]

    def repeated(self, wanted: int, epochs: int) -> Sequence[Sequences]:
        """The same of epochs that are all like the first. Raises `NotPacked`."""
        return (tuple(self.first(wanted, 1)) * epochs)[:wanted]


@dataclass(frozen=True, slots=True)
class Pack:
    """`studied` by how many of the newest documents are trained on, None for all; `streams` by
    `key_of` what is trained on."""

    about: About
    studied: Mapping[int | None, Studied]
    streams: Mapping[Key, Stream]

    def of(self, newest: int | None) -> Studied:
        """Raises `NotPacked`."""
        if newest not in self.studied:
            raise NotPacked(f"it knows nothing of the newest {newest} documents")
        return self.studied[newest]

    def stream(self, key: Key) -> Stream:
        """Raises `NotPacked`."""
        if key not in self.streams:
            raise NotPacked(f"it has no rows for {key}")
        return self.streams[key]

    def recipe(self, newest: int | None) -> Recipe:
        """What the product chooses for these documents. Raises `NotPacked`."""
        return recipe_for(self.about, self.of(newest).words)

    def save(self, path: Path) -> None:
        """By one rename. A sequence that is used twice is kept once."""
        lists = [*self._lists()]
        pool: dict[Encoded, int] = {}
        used = [pool.setdefault(s, len(pool)) for rows in lists for row in rows for s in row]
        arrays = {
            "about": np.frombuffer(json.dumps(self._header()).encode(), np.uint8),
            "ids": _narrow([i for sequence in pool for i in sequence.ids]),
            "lengths": _narrow([len(sequence.ids) for sequence in pool]),
            "answers": _narrow([sequence.answer for sequence in pool]),
            "used": _narrow(used),
            "rows": _narrow([len(row) for rows in lists for row in rows]),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        with partial.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Pack":
        with np.load(path) as read:
            header = json.loads(bytes(read["about"]))
            pool = list(
                _sequences(*(read[name].tolist() for name in ("ids", "lengths", "answers")))
            )
            used = iter(read["used"].tolist())
            rows = (tuple(pool[n] for n in islice(used, size)) for size in read["rows"].tolist())
            studied = {one["newest"]: _studied(one, rows) for one in header["studied"]}
            streams = {
                _key(one["key"]): Stream(tuple(islice(rows, one["rows"])), tuple(one["ends"]))
                for one in header["streams"]
            }
        return cls(About(**header["about"]), studied, streams)

    def _lists(self) -> Iterator[Iterable[Sequences]]:
        for one in self.studied.values():
            yield (one.plain.sequences, one.retrieved.sequences, *one.watched)
        for stream in self.streams.values():
            yield stream.rows

    def _header(self) -> dict[str, Any]:
        studied = [
            {"newest": newest, **{name: getattr(one, name) for name in _FIGURES}}
            | {"watched": len(one.watched), "bytes": [one.plain.bytes, one.retrieved.bytes]}
            for newest, one in self.studied.items()
        ]
        streams = [
            {"key": key, "rows": len(stream.rows), "ends": stream.ends}
            for key, stream in self.streams.items()
        ]
        return {"about": asdict(self.about), "studied": studied, "streams": streams}


def about(path: Path) -> About:
    """What a pack says of itself, without the rest. Raises `NotPacked` for a file that is none."""
    try:
        with path.open("rb") as file, np.load(file) as read:
            return About(**json.loads(bytes(read["about"]))["about"])
    except (EOFError, KeyError, OSError, TypeError, ValueError, BadZipFile) as error:
        raise NotPacked(f"{path} is no pack: make it again with study_packs.py") from error


def recipe_for(about: About, words: int) -> Recipe:
    """What the product chooses for so many words on that base."""
    return choose_recipe(words=words, parameters=about.parameters, context=about.context, minutes=0)


def key_of(variant: Variant, recipe: Recipe) -> Key:
    """What decides which rows a variant sees. Their length is the same for all."""
    return variant.documents, variant.form, variant.passages, recipe.seed


def _key(read: Sequence[Any]) -> Key:
    documents, form, passages, seed = read
    return documents, form, passages, seed


def _studied(read: Mapping[str, Any], rows: Iterator[Sequences]) -> Studied:
    plain, retrieved = (Scored(next(rows), size) for size in read["bytes"])
    watched = tuple(islice(rows, read["watched"]))
    figures: dict[str, int] = {name: read[name] for name in _FIGURES}
    return Studied(**figures, plain=plain, retrieved=retrieved, watched=watched)


def _sequences(ids: list[int], lengths: list[int], answers: list[int]) -> Iterator[Encoded]:
    at = 0
    for length, answer in zip(lengths, answers, strict=True):
        yield Encoded(tuple(ids[at : at + length]), answer)
        at += length


def _narrow(numbers: Sequence[int]) -> NDArray[Any]:
    array = np.asarray(numbers, np.int32)
    return array if array.max(initial=0) > np.iinfo(np.int16).max else array.astype(np.int16)
