"""What `training_examples.py` wrote, as microtune's trainer takes it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded


@dataclass(frozen=True, slots=True)
class Given:
    """The base, the recipe, what is trained on in about so many `steps`, and held-out texts."""

    base: Path
    recipe: Recipe
    steps: int
    examples: list[Encoded]
    heldout: list[Encoded]


def given(file: str) -> Given:
    data = json.loads(Path(file).read_text("utf-8"))
    recipe = Recipe.from_dict(data["recipe"])
    assert recipe, f"{file} is of another version"
    some, heldout = (_encoded(data[name]) for name in ("examples", "heldout"))
    return Given(Path(data["path"]), recipe, data["steps"], some, heldout)


def _encoded(examples: Iterable[tuple[list[int], int]]) -> list[Encoded]:
    return [Encoded(tuple(ids), answer) for ids, answer in examples]
