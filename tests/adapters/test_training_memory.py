"""How much memory a run is expected to take, and that its recipe heeds it."""

import pytest

from microtune_adapters.recipes import Recipe, choose_recipe
from microtune_adapters.training_memory import USABLE, expected_memory_mb, fitted

POCKET, LARGE = (6_622_464, 6, 256), (361_821_120, 32, 960)


def recipe_for(parameters: int) -> Recipe:
    return choose_recipe(
        words=20_000, parameters=parameters, context=2048, precision="fp32", minutes=3
    )


@pytest.mark.parametrize("base", [POCKET, LARGE])
def test_memory_decides_whether_layers_are_computed_again_and_nothing_else(
    base: tuple[int, int, int],
) -> None:
    recipe = recipe_for(base[0])
    whole = expected_memory_mb(*base, recipe)
    assert fitted(*base, recipe, int(whole / USABLE) + 1) == recipe
    lean = fitted(*base, recipe, int(whole / USABLE) - 1)
    assert lean.recompute
    assert expected_memory_mb(*base, lean) < whole
    assert (lean.rank, lean.batch, lean.row) == (recipe.rank, recipe.batch, recipe.row)


def test_fewer_layers_and_shorter_rows_take_less() -> None:
    recipe = recipe_for(LARGE[0])
    whole = expected_memory_mb(*LARGE, recipe)
    for changes in ({"layers": 16}, {"row": 256}, {"batch": 1}, {"rank": 4}):
        less = Recipe(**{**recipe.to_dict(), "targets": recipe.targets, **changes})
        assert expected_memory_mb(*LARGE, less) < whole
