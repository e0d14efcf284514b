#!/usr/bin/env python3
"""One person's part of the study of recipes: base, texts and examples are loaded once.

    study_person.py HOME tune|report STEPS TEXTS VARIANT …

Trains the variants one after the other, each in as many steps, and prints a JSON object for each as
soon as it is done. TEXTS are scored at most. Bits per byte are those of the torch model.
"""

import copy
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from study_data import Remembered, Roles, nothing, roles
from study_examples import examples
from study_scoring import bits_of, bits_per_byte
from study_trainer import StudyTrainer, recipe_of, steps_of
from study_variants import VARIANTS, Variant

from microtune.locations import Home
from microtune.store import Store
from microtune_adapters.examples import heldout_examples
from microtune_adapters.general_texts import general_examples, general_rows
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.precision import quickest
from microtune_adapters.recipes import Recipe, choose_recipe
from microtune_adapters.rows import Rows, encoded, packed
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.training_data import nearest_in
from microtune_tui.wiring import Wiring

WATCHED_ROWS = 8  # the trainer looks at them ten times, whatever the steps

Row = dict[str, Any]


def main() -> None:
    home, part, steps, texts, *names = sys.argv[1:]
    wiring = Wiring(Home.find(home))
    with wiring.store() as store:
        person = Person(store, wiring.base(), part, int(texts))
        for name in names:
            print(json.dumps(person.row(VARIANTS[name], int(steps))), flush=True)


class Person:
    """What the variants of one person share."""

    def __init__(self, store: Store, base: BaseFile, part: Any, texts: int) -> None:
        self.base_file, self.store = base, store
        self.base = load_torch_base(base.path)
        self.room = base.context_length
        self._part, self._texts = part, texts
        self._known: dict[int | None, tuple[Roles, Remembered, dict[str, float]]] = {}
        self._epochs: dict[tuple[object, ...], Rows] = {}

    def row(self, variant: Variant, steps: int) -> Row:
        """Train the variant; its figures."""
        texts, nearest, base = self._of(variant.documents)
        recipe = recipe_of(variant, self._recipe(texts))
        rows = self._rows(variant, recipe, steps, texts, nearest)
        count = steps_of(recipe, steps, self._recipe(texts).batch, len(rows))
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="microtune-study-") as folder:
            model = copy.deepcopy(self.base.model)
            general = general_rows(self.base.codec, recipe.row) if variant.held else None
            trainer = StudyTrainer(model, recipe, Path(folder), variant, count, general)
            watched = self._watched(recipe, texts, nearest)
            done = trainer.train(rows, watched, count, lambda _: None, lambda: False)
        scored = {
            "adapter": self._bits(trainer.model, texts, None),
            "adapter_rag": self._bits(trainer.model, texts, nearest),
        }
        return {
            "documents": len(texts.studied),
            "scored": len(texts.scored),
            "bits_per_byte": {**base, **scored},
            "general": {"base": self._general(self.base.model), "adapter": self._general(model)},
            "strength": done.strength,
            "steps_taken": done.steps,
            "best_step": min(done.validation, key=lambda at: at[1])[0],
            "epochs": round(done.tokens / self._tokens(variant, recipe, texts, nearest), 2),
            "tokens": done.tokens,
            "seconds": round(done.seconds, 1),
            "seconds_in_all": round(time.perf_counter() - began, 1),
            "parameters": sum(weight.numel() for weight in trainer.weights.values()),
            "recipe": recipe.to_dict(),
        }

    def _of(self, newest: int | None) -> tuple[Roles, Remembered, dict[str, float]]:
        """Texts by role, retrieval among them, and what the bare base makes of them."""
        if newest not in self._known:
            texts = roles(list(self.store.documents.live()), self._part, self._texts, newest)
            nearest = Remembered(nearest_in(self.store, texts.studied))
            base = {
                "base": self._bits(self.base.model, texts, None),
                "base_rag": self._bits(self.base.model, texts, nearest),
            }
            self._known[newest] = texts, nearest, base
        return self._known[newest]

    def _bits(self, model: Any, texts: Roles, nearest: Remembered | None) -> float:
        return bits_per_byte(model, self.base.codec, texts.scored, nearest, self.room)

    def _general(self, model: Any) -> float:
        """Bits per byte of the general texts that no run has seen."""
        return bits_of(model, self.base.codec, general_examples("measure"), self.room)

    def _recipe(self, texts: Roles) -> Recipe:
        return choose_recipe(
            words=sum(document.words for document in texts.studied),
            parameters=self.base_file.parameters,
            context=self.room,
            precision=quickest(),
            minutes=0,
        )

    def _rows(
        self, variant: Variant, recipe: Recipe, steps: int, texts: Roles, nearest: Remembered
    ) -> Rows:
        """Rows for so many steps, in as many epochs as the recipe allows."""
        wanted = steps * self._recipe(texts).batch
        rows = self._epoch(variant, recipe, texts, nearest, 0)
        for epoch in range(1, recipe.epochs):
            if len(rows) >= wanted:
                break
            rows = rows.joined(self._epoch(variant, recipe, texts, nearest, epoch))
        return rows

    def _epoch(
        self, variant: Variant, recipe: Recipe, texts: Roles, nearest: Remembered, epoch: int
    ) -> Rows:
        """One epoch in rows; most variants see the same, so it is made once."""
        form, passages, seed = variant.form, variant.passages, recipe.seed
        key = variant.documents, form, passages, seed, epoch, recipe.row
        if key not in self._epochs:
            made = examples(texts.studied, nearest, seed, epoch, form, passages)
            sequences = (encoded(self.base.codec, one, recipe.row) for one in made)
            self._epochs[key] = packed(sequences, recipe.row)
        return self._epochs[key]

    def _tokens(self, variant: Variant, recipe: Recipe, texts: Roles, nearest: Remembered) -> int:
        return self._epoch(variant, recipe, texts, nearest, 0).tokens

    def _watched(self, recipe: Recipe, texts: Roles, nearest: Remembered) -> Rows:
        """The rows that early stopping watches, every other text with passages."""
        asked = (
            one
            for index, document in enumerate(texts.watched)
            for one in heldout_examples(document, nearest if index % 2 else nothing)
        )
        rows = packed((encoded(self.base.codec, one, recipe.row) for one in asked), recipe.row)
        return rows.take(slice(0, WATCHED_ROWS))


if __name__ == "__main__":
    main()
