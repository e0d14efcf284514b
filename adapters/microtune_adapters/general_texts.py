"""Texts about anything, as examples: an adapter is to change how one person's words are written and
nothing else, and on these it is held to that and measured.

They come with microtune, so they are the same on every machine, and none is anybody's. English
alone. Knows nothing of models.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from microtune.contracts import Turn
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Example
from microtune_adapters.rows import Rows, encoded, one_a_row

FILE = "texts.jsonl"
ROW = 320  # tokens at most; the end of what is longer is left out

# "anchor": a run is held to the base on them. "steer": they say how strong its adapter may be.
# "measure": the gate asks these, by which nothing is trained or decided.
Part = Literal["anchor", "steer", "measure"]
_BLOCK = 11  # texts, one of each kind
_BLOCKS: dict[Part, slice] = {"anchor": slice(0, 5), "steer": slice(5, 6), "measure": slice(6, 8)}


@dataclass(frozen=True, slots=True)
class GeneralRows:
    """What a run takes of them, one text a row; see `Part`."""

    anchor: Rows
    steer: Rows
    measure: Rows


def general_examples(part: Part) -> list[Example]:
    """The texts of a part; each part has all kinds."""
    blocks = _BLOCKS[part]
    return list(_texts()[blocks.start * _BLOCK : blocks.stop * _BLOCK])


def general_rows(codec: ChatCodec, length: int) -> GeneralRows:
    """Rows of at most `length` tokens for one run."""
    room = min(length, ROW)

    def rows(part: Part) -> Rows:
        return one_a_row([encoded(codec, one, room) for one in general_examples(part)], room)

    return GeneralRows(rows("anchor"), rows("steer"), rows("measure"))


@cache
def _texts() -> Sequence[Example]:
    file = resources.files("microtune_adapters.general").joinpath(FILE)
    lines = file.read_text("utf-8").splitlines()
    return tuple(_example(number, json.loads(line)) for number, line in enumerate(lines))


def _example(number: int, read: dict[str, str]) -> Example:
    asked = Turn("user", read["asked"])
    return Example(f"general {number}", read["kind"], "general", (asked,), read["text"])
