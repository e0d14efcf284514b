"""Holding an adapter to its base on text that is not the person's: the pace, whatever computes.

Beside the person's words a run sees a general text every few rows, on which the base's own
predictions are what is to be learned: the divergence between what the base and the adapted base
expect at each place is part of the loss. That is distillation (Hinton et al., 2015, arXiv
1503.02531) of the base into itself, used against forgetting (Li and Hoiem, 2016, arXiv 1606.09282).
What it saves and costs is in docs/recipe.md#never-worse.
"""

from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Rows


class Anchor:
    """The general texts of a run, what weight their divergence has beside a step's loss, and in how
    many steps (`every`) one of them is seen."""

    def __init__(self, rows: Rows, weight: float, every: int) -> None:
        self.rows, self.weight, self.every = rows, weight, every

    def due(self, step: int) -> int | None:
        """Which text is seen in this step; None for none."""
        return None if step % self.every else (step // self.every) % len(self.rows)

    def row(self, number: int) -> Rows:
        return self.rows.take(slice(number, number + 1)).trimmed()


def anchored(rows: Rows, recipe: Recipe) -> Anchor | None:
    """An anchor, where there is something to hold to and it has any weight."""
    every = max(1, recipe.anchor_rows // recipe.batch)
    return Anchor(rows, recipe.anchor, every) if rows and recipe.anchor > 0 else None
