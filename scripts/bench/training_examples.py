#!/usr/bin/env python3
"""Writes the examples of a home, in tokens, for the contestants of the training benchmark.

    training_examples.py HOME OUT.json STEPS

OUT.json holds the base's path, the recipe, the examples and those of held-out texts;
OUT.about.json what can be published.
"""

import json
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from microtune.locations import Home
from microtune_adapters.evaluation import spread
from microtune_adapters.examples import heldout_examples, training_examples
from microtune_adapters.lineage_choice import Wish, intent
from microtune_adapters.precision import quickest
from microtune_adapters.rows import Encoded, encoded
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.training_data import nearest_in
from microtune_tui.wiring import Wiring


def main() -> None:
    import torch

    home, out, steps = Home.find(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    wiring = Wiring(home)
    base = wiring.base()
    codec = load_torch_base(base.path).codec
    with wiring.store() as store:
        chosen_run = intent(store, wiring.library, base, Wish(minutes=3, anew=True))
        snapshot, recipe = chosen_run.snapshot, chosen_run.recipe

        def endless() -> Iterator[Encoded]:
            nearest = nearest_in(store, snapshot.train)
            for epoch in count():
                for example in training_examples(snapshot.train, nearest, recipe.seed, epoch):
                    yield encoded(codec, example, recipe.row)

        chosen = enough(endless(), steps * recipe.batch * recipe.row)
        heldout = [
            encoded(codec, example, recipe.row)
            for document in spread(snapshot.heldout)
            for example in heldout_examples(document, None)
        ]
    about = {
        "base": {"name": base.name, "sha256": base.sha256, "parameters": base.parameters},
        "recipe": recipe.to_dict(),
        "steps": steps,
        "examples": len(chosen),
        "tokens": sum(len(e.ids) for e in chosen),
        "answer_tokens": sum(len(e.ids) - e.answer for e in chosen),
        "quickest": quickest(),
        "threads": torch.get_num_threads(),
    }
    data = {"path": str(base.path), "recipe": recipe.to_dict(), "steps": steps}
    both = {
        name: [[list(e.ids), e.answer] for e in some]
        for name, some in (("examples", chosen), ("heldout", heldout))
    }
    out.write_text(json.dumps({**data, **both}))
    out.with_suffix(".about.json").write_text(json.dumps(about))


def enough(examples: Iterator[Encoded], tokens: int) -> list[Encoded]:
    """As many examples as fill `tokens`, and no more: packed, they take that many places."""
    chosen: list[Encoded] = []
    for example in examples:
        tokens -= len(example.ids)
        if tokens < 0:
            break
        chosen.append(example)
    return chosen


if __name__ == "__main__":
    main()
