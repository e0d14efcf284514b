"""Unsloth Studio's defaults (unslothai/unsloth, AGPL-3.0 for studio/; only its figures are used).

Figures: studio/backend/assets/configs/model_defaults/default.yaml, which holds for models
without a file of their own: r 16, alpha 16, no dropout, all linear, lr 2e-4 with linear decay
after a tenth of the steps, 30 steps of 2 × 4, weight decay 0.001, length 2048, loss on
completions alone, no packing. Older notebooks have five steps of warm-up and 0.01. Gradients are
clipped at 1, as `transformers.Trainer` does unasked. AdamW runs in 32 bits here: its 8-bit form
needs a GPU.

It has no prompts of its own: a person would give it chats. It gets those that it is scored with.
"""

from math import ceil

from recipes.rival import Rival, linear

RIVAL = Rival(
    name="Unsloth Studio",
    rank=16,
    scale=1.0,
    learning_rate=2e-4,
    schedule=lambda step, steps: linear(ceil(steps / 10), step, steps),
    own_end=lambda _: 30,
    batch=8,
    length=2048,
    weight_decay=0.001,
    clip=1.0,
)
