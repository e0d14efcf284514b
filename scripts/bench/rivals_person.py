#!/usr/bin/env python3
"""One person's part of the comparison with other recipes: base and texts are loaded once.

    rivals_person.py HOME ADAPTER LONGEST_S CONTESTANT …

ADAPTER is the one that microtune trained in HOME. A contestant is "microtune", "retrieval" or
"RIVAL|time" or "RIVAL|end": for as many seconds as microtune's training loop took, or to the
recipe's own end, LONGEST_S at most. A rival learns from microtune's training texts and from those
that only steered it. All are scored by the engine that serves, on the same held-out texts. Prints a
JSON object for each as soon as it is done.
"""

import copy
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from recipes import RIVALS, retrieval
from recipes.rival import ALL_PIECES, Rival, our_prompts
from recipes.runner import train, with_adapter

from microtune.contracts import Engine
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.evaluation import score_documents, score_examples, spread, summarise
from microtune_adapters.examples import Example
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.rows import encoded
from microtune_adapters.torch_base import load_torch_base, quiet
from microtune_adapters.training_data import nearest_in, take_snapshot
from microtune_tui.wiring import Wiring

HELDOUT_PIECES = 3  # as `heldout_examples` takes

Row = dict[str, Any]


def main() -> None:
    home, adapter, longest, *contestants = sys.argv[1:]
    wiring = Wiring(Home.find(home))
    card = wiring.library.find(adapter)
    seconds = float(card.measurements["seconds"])
    with wiring.store() as store, wiring.serving() as engine:
        person = Person(store, wiring.base(), engine)
        for name in contestants:
            if name == "microtune":
                row = person.microtune(wiring.library.path(adapter), card.measurements)
            elif name == "retrieval":
                row = person.retrieval()
            else:
                rival, _, until = name.partition("|")
                limit = seconds if until == "time" else None
                row = person.rival(RIVALS[rival], limit, float(longest))
            print(json.dumps(row), flush=True)


class Person:
    """What the contestants share."""

    def __init__(self, store: Store, base: BaseFile, engine: Engine) -> None:
        self.base_file, self.engine, self.store = base, engine, store
        self.base = load_torch_base(base.path)
        snapshot = take_snapshot(store)
        self.known = [*snapshot.train, *snapshot.validation]
        self.documents = spread(snapshot.heldout)
        self.nearest = nearest_in(store, snapshot.train)
        self._allowed = {document.id for document in snapshot.train}

    def microtune(self, folder: Path, figures: Any) -> Row:
        return {
            "bits_per_byte": self._bits(folder),
            "steps": figures["steps"],
            "seconds": figures["seconds"],
        }

    def retrieval(self) -> Row:
        """The base with and without passages: the product's two, and five."""
        self.engine.use(None)
        five = self._scored(lambda d: retrieval.examples(d, self._more, HELDOUT_PIECES))
        return {"bits_per_byte": {**self._bits(None), "five": five}, "steps": 0, "seconds": 0.0}

    def rival(self, rival: Rival, seconds: float | None, longest: float) -> Row:
        """Train by its recipe, export, and score with our prompts and with its own."""
        made = rival.prompts or our_prompts
        found = self._more if rival.retrieves else None
        length = min(rival.length, self.base_file.context_length)
        lessons = [
            encoded(self.base.codec, one, length)
            for document in self.known
            for one in made(document, found, ALL_PIECES)
        ]
        model = with_adapter(rival, copy.deepcopy(self.base.model))
        ran = train(rival, model, lessons, seconds, longest)
        with tempfile.TemporaryDirectory(prefix="microtune-bench-") as work:
            folder = Path(work)
            with quiet():
                model.save_pretrained(folder, save_embedding_layers=False)
            export_gguf(folder, self.base_file, folder / ADAPTER_FILE)
            bits = self._bits(folder)
            if rival.prompts:
                self.engine.use(folder)
                bits["own"] = self._scored(lambda d: made(d, None, HELDOUT_PIECES))
                bits["own_rag"] = self._scored(lambda d: made(d, self._more, HELDOUT_PIECES))
                self.engine.use(None)
        figures = {"steps": ran.steps, "seconds": round(ran.seconds, 1), "cut": ran.cut}
        return {"bits_per_byte": bits, "examples": len(lessons), **figures}

    def _bits(self, adapter: Path | None) -> dict[str, float]:
        """With the product's prompts, with and without passages; of the base too."""
        scores = score_documents(self.engine, self.documents, self.nearest, adapter)
        return dict(summarise(scores).bits_per_byte)

    def _scored(self, prompts: Callable[[Document], Sequence[Example]]) -> float:
        """Bits per byte with other prompts, by what the engine serves with now."""
        asked = [e for d in self.documents for e in prompts(d)]
        return score_examples(self.engine, asked).bits_per_byte

    def _more(self, query: str, leave_out: str) -> Sequence[str]:
        """As `nearest`, but five passages."""
        found = self.store.retrieval.nearest(
            query, retrieval.PASSAGES, exclude={leave_out}, only=self._allowed
        )
        return [passage.text for passage in found]


if __name__ == "__main__":
    main()
