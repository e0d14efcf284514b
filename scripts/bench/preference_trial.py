"""One training for the benchmark of preferences: by one objective, from scratch, in so many steps.

    preference_trial.py HOME KINDS.json STEPS WEIGHT OBJECTIVE…

Prints one JSON object a line, one for each objective ("base": none, "texts alone": no pairs):
held-out texts in bits per byte, without retrieval, and the share of held-out pairs, by kind, whose
better text is likelier by the token.
The trainer itself measures, which is quicker than the engine that serves and agrees with it.
"""

import copy
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from preference_objectives import OBJECTIVES

from microtune.locations import Home
from microtune_adapters import torch_pairs
from microtune_adapters.examples import heldout_examples
from microtune_adapters.lineage_choice import Intent, Wish, intent
from microtune_adapters.pair_measuring import share_of
from microtune_adapters.pair_rows import pair_rows
from microtune_adapters.preferences import passages_of
from microtune_adapters.rows import Rows, encoded, packed
from microtune_adapters.run_folder import Plan
from microtune_adapters.torch_base import TorchBase, load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer
from microtune_adapters.training_data import nearest_in, planned
from microtune_tui.wiring import Wiring

PAIRS_AT_ONCE = 4
WATCHED = 8  # validation rows


class Trial:
    """What all objectives have in common: the same home, split, rows and steps."""

    def __init__(self, home: Path, kinds: dict[str, str], steps: int) -> None:
        wiring = Wiring(Home(home))
        file = wiring.base()
        self.base: TorchBase = load_torch_base(file.path)
        with wiring.store() as store:
            self.intent: Intent = intent(store, wiring.library, file, Wish(1.0, anew=True))
            snapshot, recipe = self.intent.snapshot, self.intent.recipe
            among = {document.id for document in snapshot.train}

            def rows_of(pairs: Any) -> Rows:
                passages = lambda pair: passages_of(store, pair, among)  # noqa: E731
                return pair_rows(self.base.codec, pairs, passages, recipe.row)

            seconds = recipe.minutes * 60 / steps
            nearest, taught = nearest_in(store, snapshot.train), rows_of(self.intent.pairs.train)
            self.plan: Plan = planned(
                self.base.codec, snapshot, nearest, recipe, taught, lambda rows: seconds
            )
            self.watched = self.plan.validation.take(slice(0, WATCHED))
            heldout = self.intent.pairs.heldout
            self.pairs = {
                kind: rows_of([pair for pair in heldout if kinds.get(pair.draft.id) == kind])
                for kind in sorted(set(kinds.values()))
            }
        examples = [e for document in snapshot.heldout for e in heldout_examples(document, None)]
        self.bytes = sum(len(example.answer.encode()) for example in examples)
        self.texts = packed((encoded(self.base.codec, e, recipe.row) for e in examples), recipe.row)

    def run(self, name: str, weight: float) -> dict[str, Any]:
        """Train by this objective, "texts alone" for none, and measure; or measure the "base"."""
        if name == "base":
            return {"objective": name, **self.measured(self.base.model)}
        torch_pairs.objective = OBJECTIVES.get(name, torch_pairs.objective)
        torch_pairs.WEIGHT = weight
        pairs = self.plan.pairs if name in OBJECTIVES else None
        with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
            model, recipe = copy.deepcopy(self.base.model), self.intent.recipe
            trainer = TorchTrainer(model, recipe, Path(folder), pairs=pairs)
            trained = trainer.train(
                self.plan.rows, self.watched, self.plan.steps, lambda p: None, lambda: False
            )
        return {
            "objective": name,
            "weight": weight,
            "steps": trained.steps,
            "seconds": round(trained.seconds, 1),
            "pairs": len(self.intent.pairs.train),
            **self.measured(trainer.network),
        }

    def measured(self, network: Any) -> dict[str, Any]:
        import torch

        from microtune_adapters.packed_loss import summed_loss

        network.eval()
        with torch.no_grad():
            nats = sum(float(summed_loss(network, part)[0]) for part in parts(self.texts, 2))
            leads = {kind: list(leads_of(network, rows)) for kind, rows in self.pairs.items()}
        leads["all"] = [lead for kind in self.pairs for lead in leads[kind]]
        shares = {kind: {"n": len(of), **asdict(share_of(of))} for kind, of in leads.items() if of}
        return {"bits_per_byte": nats / math.log(2) / self.bytes, "shares": shares}


def leads_of(network: Any, rows: Rows) -> Iterator[float]:
    from microtune_adapters.packed_loss import row_losses

    for part in parts(rows, 2 * PAIRS_AT_ONCE):
        nats, counts = row_losses(network, part.trimmed())
        by_token = nats / counts
        yield from (by_token[1::2] - by_token[::2]).tolist()


def parts(rows: Rows, size: int) -> Iterator[Rows]:
    return (rows.take(slice(at, at + size)) for at in range(0, len(rows), size))


def main() -> None:
    home, kinds, steps, weight, *names = sys.argv[1:]
    trial = Trial(Path(home), json.loads(Path(kinds).read_text("utf-8")), int(steps))
    for name in names:
        print(json.dumps(trial.run(name, float(weight))), flush=True)


if __name__ == "__main__":
    main()
