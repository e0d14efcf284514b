"""Holding an adapter to its base on text that is not the person's: the pace, whatever computes.

Beside the person's words a run sees a general text every other step, on which the base's own
predictions are what is to be learned: the divergence between what the base and the adapted base
expect at each place is part of the loss. That is distillation (Hinton et al., 2015, arXiv
1503.02531) of the base into itself, used against forgetting (Li and Hoiem, 2016, arXiv 1606.09282).
What it saves and costs is in docs/recipe.md#never-worse.
"""

from microtune_adapters.rows import Rows

EVERY = 2  # steps


class Anchor:
    """The general texts of a run, and what weight their divergence has beside a step's loss."""

    def __init__(self, rows: Rows, weight: float) -> None:
        self.rows, self.weight = rows, weight

    def due(self, step: int) -> int | None:
        """Which text is seen in this step; None for none."""
        return None if step % EVERY else (step // EVERY) % len(self.rows)

    def row(self, number: int) -> Rows:
        return self.rows.take(slice(number, number + 1)).trimmed()


def anchored(rows: Rows | None, weight: float) -> Anchor | None:
    """An anchor, where there is something to hold to and it has any weight."""
    return Anchor(rows, weight) if rows and weight > 0 else None
