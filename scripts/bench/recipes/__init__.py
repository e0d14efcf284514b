"""The recipes that people use elsewhere, each as it comes, to train on the same texts as microtune.

One file a recipe, with its figures and where they stand; one runner for all of them.
"""

from recipes import mlx_lm_defaults, panzamail, unsloth_studio
from recipes.rival import Rival

RIVALS: dict[str, Rival] = {
    rival.name: rival for rival in (panzamail.RIVAL, mlx_lm_defaults.RIVAL, unsloth_studio.RIVAL)
}
