"""mlx-lm's defaults (ml-explore/mlx-lm, MIT): what `mlx_lm.lora --train --data …` does.

Figures: CONFIG_DEFAULTS in mlx_lm/lora.py (rank 8, scale 20, no dropout, the last 16 layers,
Adam at a constant 1e-5, 1000 iterations of 4, length 2048, prompt not masked). What mlx_lm/tuner
does besides: batches of like length, whose order is drawn and whose remainder is left out
(tuner/trainer.py); every linear layer where no keys are named, as 0.31 does
(tuner/utils.py; earlier ones took q_proj and v_proj of Llama alone); mlx's Adam leaves the bias
of its averages uncorrected, so the rate is raised here by what that makes. 2048 tokens are more
than pocket's context, which bounds them.

It has no prompts of its own: a person would give it chats. It gets those that it is scored with.
"""

from recipes.rival import Rival, uncorrected

BETAS = (0.9, 0.999)

RIVAL = Rival(
    name="mlx-lm",
    rank=8,
    scale=20.0,
    learning_rate=1e-5,
    schedule=lambda step, _: uncorrected(BETAS, step),
    own_end=lambda _: 1000,
    batch=4,
    length=2048,
    betas=BETAS,
    last_layers=16,
    masked=False,
    by_length=True,
)
