"""How much memory a run is expected to take, and that its recipe and its place heed it."""

from dataclasses import dataclass

import pytest

from microtune_adapters.recipes import Recipe, choose_recipe
from microtune_adapters.torch_place import form_on, on_card
from microtune_adapters.training_memory import USABLE, card_memory_mb, expected_memory_mb, fitted


@dataclass(frozen=True)
class Base:
    parameters: int
    layers: int
    hidden: int


POCKET, LARGE = Base(6_622_464, 6, 256), Base(361_821_120, 32, 960)
HUGE = Base(1_720_574_976, 28, 2048)


def recipe_for(base: Base) -> Recipe:
    return choose_recipe(words=20_000, parameters=base.parameters, context=2048, minutes=3)


@pytest.mark.parametrize("base", [POCKET, LARGE])
def test_memory_decides_whether_layers_are_computed_again_and_nothing_else(base: Base) -> None:
    recipe = recipe_for(base)
    whole = expected_memory_mb(base, recipe)
    assert fitted(base, recipe, int(whole / USABLE) + 1) == recipe
    lean = fitted(base, recipe, int(whole / USABLE) - 1)
    assert lean.recompute
    assert expected_memory_mb(base, lean) < whole
    assert (lean.rank, lean.batch, lean.row) == (recipe.rank, recipe.batch, recipe.row)


def test_fewer_layers_and_shorter_rows_take_less() -> None:
    recipe = recipe_for(LARGE)
    whole = expected_memory_mb(LARGE, recipe)
    for changes in ({"layers": 16}, {"row": 256}, {"batch": 1}, {"rank": 4}):
        less = Recipe(**{**recipe.to_dict(), "targets": recipe.targets, **changes})
        assert expected_memory_mb(LARGE, less) < whole


@pytest.mark.parametrize("base", [POCKET, LARGE, HUGE])
def test_a_smaller_card_computes_layers_again_then_holds_four_bits_then_is_left_alone(
    base: Base,
) -> None:
    recipe, seen = recipe_for(base), []
    largest = int(card_memory_mb(base, recipe, "bf16") / USABLE) + 1
    for memory_mb in range(largest, 0, -max(1, largest // 200)):
        on = on_card(base, recipe, memory_mb, four_bit=True)
        form = form_on(base, on, memory_mb, four_bit=True) if on else None
        how = (form, on.recompute) if on else None
        assert on is None or on.precision == "bf16"
        if how not in seen:
            seen.append(how)
    order = [("bf16", False), ("bf16", True), ("nf4", False), ("nf4", True), None]
    assert seen == [how for how in order if how in seen]
    assert seen[0] == ("bf16", False)
    assert seen[-1] is None


def test_without_a_card_or_bitsandbytes_neither_is_counted_on() -> None:
    recipe = recipe_for(HUGE)
    assert on_card(HUGE, recipe, 0, four_bit=True) is None
    room = int(card_memory_mb(HUGE, on_card_lean(recipe), "nf4") / USABLE) + 1
    assert on_card(HUGE, recipe, room, four_bit=True)
    assert on_card(HUGE, recipe, room, four_bit=False) is None


def on_card_lean(recipe: Recipe) -> Recipe:
    return Recipe(**{**recipe.to_dict(), "targets": recipe.targets, "recompute": True})
