"""Seconds of a training step and of a draft on pocket, with one back end: torch or mlx.

    scripts/bench/back_ends.py mlx

The texts are random tokens in rows as a recipe has them; a draft is of 30 tokens.
"""

import argparse
import json
import random
import resource
import tempfile
from contextlib import closing
from pathlib import Path

from microtune.contracts import Generated, Sampling, Turn
from microtune.settings import POCKET
from microtune_adapters import backends, bases
from microtune_adapters.engine.remote import RemoteEngine
from microtune_adapters.recipes import choose_recipe
from microtune_adapters.rows import Encoded, Rows, packed

STEPS_HELD = 6
DRAFT = Sampling(max_tokens=30, temperature=1.0)


def rows_of(length: int, count: int) -> Rows:
    """Random texts of 60 to 300 tokens, packed."""
    chance = random.Random(0)
    texts = [chance.choices(range(3, 8000), k=chance.randrange(60, 300)) for _ in range(count)]
    return packed([Encoded(tuple(text), 40) for text in texts], length)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("back_end", choices=(backends.TORCH, backends.MLX))
    name = parser.parse_args().back_end
    base = bases.resolve(POCKET)
    recipe = choose_recipe(
        words=5000,
        parameters=base.parameters,
        context=base.context_length,
        minutes=1,
    )
    loaded = backends.load_to_train(name, base, recipe)
    with tempfile.TemporaryDirectory() as folder:
        trainer = backends.make_trainer(name, loaded, recipe, Path(folder), None, None)
        seconds = trainer.calibrate(rows_of(recipe.row, STEPS_HELD * recipe.batch))
    said: list[Generated] = []
    with closing(RemoteEngine(base.path, 1024, 1, name)) as engine:
        list(engine.stream([Turn("user", "Write to Bo about the tea.")], DRAFT, said.append))
    figures = {
        "back_end": name,
        "step_s": round(seconds, 2),
        "step_tokens": recipe.batch * recipe.row,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "first_token_ms": round(said[0].first_token_ms),
        "tokens_per_s": round(said[0].tokens_per_s),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
