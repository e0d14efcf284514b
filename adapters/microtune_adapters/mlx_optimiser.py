"""AdamW over named arrays of mlx, whose state is kept in the form of torch's.

The update is the same in both libraries, so a run that began with one can go on with the other.
"""

from typing import Any

import mlx.core as mx
import mlx.optimizers as optim
import numpy as np

from microtune.errors import MicrotuneError
from microtune_adapters.checkpoints import Saved
from microtune_adapters.recipes import Recipe

BETAS, EPSILON, LARGEST_NORM = (0.9, 0.98), 1e-8, 1.0
Arrays = dict[str, mx.array]


class MlxAdamW:
    """Steps of AdamW by a recipe, with gradients cut to a norm of one."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._adam = optim.AdamW(
            learning_rate=recipe.learning_rate,
            betas=list(BETAS),
            eps=EPSILON,
            weight_decay=recipe.weight_decay,
            bias_correction=True,
        )

    def update(self, weights: Arrays, gradients: Arrays, rate: float) -> Arrays:
        """The weights after one step at this learning rate."""
        gradients, _ = optim.clip_grad_norm(gradients, LARGEST_NORM)
        self._adam.learning_rate = rate
        changed: Arrays = self._adam.apply_gradients(gradients, weights)
        mx.eval(changed, self._adam.state)
        return changed

    def state(self, names: list[str]) -> dict[str, Any]:
        """As torch's AdamW gives its own, over weights of these names in this order."""
        import torch

        done = int(self._adam.state["step"])
        kept = self._adam.state if done else {}
        group = {
            "lr": float(self._adam.learning_rate),
            "betas": BETAS,
            "eps": EPSILON,
            "weight_decay": self.recipe.weight_decay,
            "params": list(range(len(names))),
        }
        states = {
            index: {
                "step": torch.tensor(float(done)),
                "exp_avg": torched(kept[name]["m"]),
                "exp_avg_sq": torched(kept[name]["v"]),
            }
            for index, name in enumerate(names)
            if name in kept
        }
        return {"state": states, "param_groups": [group]}

    def restore(self, saved: Saved) -> None:
        """Go on from a checkpoint. Raises `MicrotuneError` where it holds something else."""
        try:
            states = saved.optimiser["state"]
            named = {name: states[i] for i, name in enumerate(saved.weights) if i in states}
            steps = {int(state["step"]) for state in named.values()}
            moments = {
                name: {"m": arrayed(state["exp_avg"]), "v": arrayed(state["exp_avg_sq"])}
                for name, state in named.items()
            }
            (done,) = steps or {0}
        except (KeyError, TypeError, ValueError) as error:
            raise MicrotuneError(
                "the checkpoint of the interrupted run is of another version of microtune",
                "Run `microtune train --anew` to begin again.",
            ) from error
        rate = mx.array(self.recipe.learning_rate)
        self._adam.state = {"step": mx.array(done, mx.uint64), "learning_rate": rate, **moments}


def torched(array: mx.array) -> Any:
    """A copy as a tensor of torch, which checkpoints are made of."""
    import torch

    return torch.from_numpy(np.array(array.astype(mx.float32)))


def arrayed(tensor: Any) -> mx.array:
    """A copy of a tensor of torch."""
    return mx.array(np.array(tensor.detach().float().numpy()))
