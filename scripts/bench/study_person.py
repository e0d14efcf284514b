#!/usr/bin/env python3
"""One person's part of the study of recipes, from their pack: no home, no store, no texts.

    study_person.py PACK DEVICE STEPS VARIANT …

Trains the variants one after the other, each in as many steps, and prints a JSON object for each as
soon as it is done; one that fails costs a line of error. Bits per byte are those of the torch
model.
"""

import argparse
import copy
import gc
import json
import signal
import sys
import tempfile
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from study_pack import Pack, Studied, key_of
from study_scoring import Scored, bits_per_byte, scored
from study_trainer import StudyTrainer, recipe_of, steps_of
from study_variants import VARIANTS, Variant

from microtune_adapters.bases import pocket_path
from microtune_adapters.general_texts import general_examples, general_rows
from microtune_adapters.gguf_inspect import file_sha256
from microtune_adapters.precision import quickest
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Rows, rows_of
from microtune_adapters.strength import weakened
from microtune_adapters.torch_base import TorchBase, load_torch_base

Row = dict[str, Any]


def main() -> None:
    options = parsed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and leave no folder behind
    pack = Pack.load(options.pack)
    if file_sha256(options.base) != pack.about.base:
        sys.exit(f"{options.pack} was made for another base than {options.base}: name its --base.")
    outside = Scored.load(options.outside) if options.outside else None
    person = Person(pack, load_torch_base(options.base), options.device, outside)
    for name in options.variants:
        try:
            row = person.row(VARIANTS[name], options.steps)
            print(json.dumps({"variant": name, **row}), flush=True)
        except Exception as error:  # one method that fails must not cost the others
            said = str(error).partition("\n")[0]
            line = f"{pack.about.person}: {name}: {type(error).__name__}: {said}"
            print(line, file=sys.stderr, flush=True)
        gc.collect()


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("pack", type=Path, metavar="PACK")
    parser.add_argument("device", choices=("cpu", "cuda"), metavar="DEVICE")
    parser.add_argument("steps", type=int, metavar="STEPS")
    parser.add_argument("variants", nargs="+", choices=VARIANTS, metavar="VARIANT")
    parser.add_argument("--base", type=Path, default=pocket_path(), metavar="FILE.gguf")
    parser.add_argument("--outside", type=Path, metavar="FILE.json", help="other general texts")
    return parser.parse_args()


class Person:
    """What the variants of one person share."""

    def __init__(
        self, pack: Pack, base: TorchBase, device: str, outside: Scored | None = None
    ) -> None:
        self.pack, self.base, self.outside, self._device = pack, base, outside, device
        if device != "cpu":
            from microtune_adapters.torch_place import Place, put

            put(base.model, Place(device, "fp32"))
        self._known: dict[Studied, dict[str, float]] = {}

    def row(self, variant: Variant, steps: int) -> Row:
        """Train the variant; its figures. Raises `NotPacked`."""
        began = time.perf_counter()
        texts = self.pack.of(variant.documents)
        chosen = replace(self.pack.recipe(variant.documents), precision=self._precision)
        recipe, steps = recipe_of(variant, chosen), variant.steps(steps)
        rows = self._rows(variant, recipe, steps * chosen.batch)
        count = steps_of(recipe, steps, chosen.batch, len(rows))
        model = copy.deepcopy(self.base.model)
        general = general_rows(self.base.codec, recipe.row) if variant.held else None
        with tempfile.TemporaryDirectory(prefix="microtune-study-") as folder:
            trainer = StudyTrainer(model, recipe, Path(folder), variant, count, general)
            watched = rows_of(texts.watched, recipe.row)
            done = trainer.train(rows, watched, count, lambda _: None, lambda: False)
            if variant.strength is not None:
                trainer.set_weights(weakened(trainer.state.best, variant.strength))
        return {
            "documents": texts.documents,
            "scored": texts.scored,
            "bits_per_byte": {**self._bare(texts), **_bits(trainer.model, texts, "adapter")},
            "general": {**self._general_bare, **self._general(model, "adapter")},
            "strength": done.strength if variant.strength is None else variant.strength,
            "steps_taken": done.steps,
            "best_step": min(done.validation, key=lambda at: at[1])[0],
            "epochs": round(examples_in(rows, done.steps * recipe.batch) / texts.pieces, 2),
            "tokens": done.tokens,
            "seconds": round(done.seconds, 1),
            "seconds_in_all": round(time.perf_counter() - began, 1),
            "parameters": sum(weight.numel() for weight in trainer.weights.values()),
            "recipe": recipe.to_dict(),
            "device": self._device_name,
        }

    @property
    def _precision(self) -> str:
        return quickest() if self._device == "cpu" else "fp32"

    @property
    def _device_name(self) -> str:
        import torch

        return "cpu" if self._device == "cpu" else torch.cuda.get_device_name()

    def _rows(self, variant: Variant, recipe: Recipe, wanted: int) -> Rows:
        stream = self.pack.stream(key_of(variant, recipe))
        rows = stream.repeated if variant.again else stream.first
        return rows_of(rows(wanted, recipe.epochs), recipe.row)

    def _bare(self, texts: Studied) -> dict[str, float]:
        """What the base alone makes of the texts; asked once."""
        if texts not in self._known:
            self._known[texts] = _bits(self.base.model, texts, "base")
        return self._known[texts]

    @cached_property
    def _general_bare(self) -> dict[str, float]:
        return self._general(self.base.model, "base")

    @cached_property
    def _general_texts(self) -> dict[str, Scored]:
        """General texts that no run has seen, and those of other sources if there are some."""
        own = scored(self.base.codec, general_examples("measure"), self.pack.about.context)
        return {"": own, **({"_outside": self.outside} if self.outside else {})}

    def _general(self, model: Any, name: str) -> dict[str, float]:
        """Their bits per byte."""
        texts = self._general_texts.items()
        return {f"{name}{kind}": bits_per_byte(model, of) for kind, of in texts}


def examples_in(rows: Rows, used: int) -> int:
    """How many examples lie in the first `used` rows."""
    return int(rows.take(slice(0, used)).segments.max(1).sum())


def _bits(model: Any, texts: Studied, name: str) -> dict[str, float]:
    """Without passages and with them."""
    plain, retrieved = (bits_per_byte(model, of) for of in (texts.plain, texts.retrieved))
    return {name: plain, f"{name}_rag": retrieved}


if __name__ == "__main__":
    main()
