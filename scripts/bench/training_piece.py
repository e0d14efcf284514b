#!/usr/bin/env python3
"""Steps of microtune's trainer with one piece of it taken out or put in.

    training_piece.py EXAMPLES.json PIECE

Prints one JSON object: the seconds of a step on each batch, the quickest of several, for a machine
that others use, too, is never too quick; those of the first step; and the loss of the first pass's
last batch, which is the whole trainer's where a piece only computes otherwise. What a piece does is
said in `PIECES`; without one ("") all is as in a run.
"""

import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from training_given import given

from microtune_adapters import lora_linear, packed_attention, packed_loss
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded, Rows, one_a_row, packed
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer

BATCHES, PASSES = 6, 5  # the first pass warms up
LIMIT = 120  # seconds; the whole trainer takes a tenth of that on pocket
NO_TARGET = -1


def main() -> None:
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not done in {LIMIT} s"))
    signal.alarm(LIMIT)
    data, piece = given(sys.argv[1]), sys.argv[2]
    model = load_torch_base(data.base).model
    recipe = PIECES[piece](model, replace(data.recipe, precision="fp32"))
    some, whole = data.examples, piece == "padding"
    batches = padded(some, data.steps) if whole else rows_of(some, recipe)
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trainer = TorchTrainer(model, recipe, Path(folder))
        if piece == "torch.compile":
            trainer.network.model.compile(dynamic=True)
        print(json.dumps(timed(trainer, list(batches)[:BATCHES])))


def timed(trainer: TorchTrainer, batches: Sequence[Rows]) -> dict[str, Any]:
    passes = [[_step(trainer, batch) for batch in batches] for _ in range(PASSES)]
    quickest = [min(seconds for seconds, _ in steps) for steps in zip(*passes[1:], strict=True)]
    (first, _), *_, (_, loss) = passes[0]
    return {"steps": quickest, "first": first, "loss": loss}


def _step(trainer: TorchTrainer, batch: Rows) -> tuple[float, float]:
    """Seconds and loss."""
    began = time.perf_counter()
    loss = trainer.learn(batch, 1, BATCHES, trainer.recipe.learning_rate)
    return time.perf_counter() - began, loss


# What the steps are made of --------------------------------------------------------------------


def rows_of(examples: Sequence[Encoded], recipe: Recipe) -> Iterator[Rows]:
    rows = packed(examples, recipe.row)
    for at in range(0, len(rows), recipe.batch):
        yield rows.take(slice(at, at + recipe.batch))


def padded(examples: Sequence[Encoded], steps: int) -> Iterator[Rows]:
    """Whole examples, as many a step as fill the rows on average, all as long as the longest."""
    count = max(1, round(len(examples) / steps))
    for at in range(0, len(examples), count):
        some = examples[at : at + count]
        longest = max(len(one.ids) for one in some)
        filled = [Encoded(one.ids + (0,) * (longest - len(one.ids)), one.answer) for one in some]
        rows = one_a_row(filled, longest)
        for row, one in zip(rows.targets, some, strict=True):
            row[len(one.ids) - 1 :] = NO_TARGET
        yield rows


# What is taken out or put in -------------------------------------------------------------------


def as_it_is(model: Any, recipe: Recipe) -> Recipe:
    return recipe


def masked_attention(model: Any, recipe: Recipe) -> Recipe:
    """All scores of a packed row, those across examples masked, instead of each example's."""
    from transformers import AttentionInterface

    def masked(
        module: Any, query: Tensor, key: Tensor, value: Tensor, mask: Any, **about: Any
    ) -> tuple[Tensor, None]:
        spans = torch.tensor(about["lengths"])
        of = torch.arange(len(spans)).repeat_interleave(spans)
        seen = (of[:, None] == of).tril()
        shared = query.shape[1] // key.shape[1]
        key, value = (each.repeat_interleave(shared, 1) for each in (key, value))
        made = F.scaled_dot_product_attention(
            query, key, value, attn_mask=seen, scale=about.get("scaling")
        )
        return made.transpose(1, 2), None

    AttentionInterface.register(packed_attention.NAME, masked)
    return recipe


def pefts_projections(model: Any, recipe: Recipe) -> Recipe:
    lora_linear.quicken = lambda model: None
    return recipe


def logits_at_once(model: Any, recipe: Recipe) -> Recipe:
    """The logits of all answer places in memory, and autograd keeps what it needs of them."""

    def summed(network: Any, rows: Rows) -> tuple[Tensor, int]:
        places, wanted = packed_loss.answer_states(network, rows)
        nats = F.cross_entropy(network.lm_head(places).float(), wanted, reduction="sum")
        return nats, len(wanted)

    packed_loss.summed_loss = summed
    return recipe


def logits_everywhere(model: Any, recipe: Recipe) -> Recipe:
    """The same of prompts, too, as a stock trainer has it."""
    logits_at_once(model, recipe)
    answers = packed_loss.answer_states

    def everywhere(network: Any, rows: Rows) -> tuple[Tensor, Tensor]:
        ahead = rows.ids.copy()
        ahead[:, :-1] = rows.ids[:, 1:]
        ahead[rows.segments == 0] = NO_TARGET
        return answers(network, replace(rows, targets=ahead))

    packed_loss.answer_states = everywhere
    return recipe


def last_block_everywhere(model: Any, recipe: Recipe) -> Recipe:
    packed_loss.last_block_at = lambda network, places: nullcontext()
    return recipe


def states_known(model: Any, recipe: Recipe) -> Recipe:
    """Only the adapted layers compute: what a step would take if what enters them were kept."""
    first = recipe.adapted(model.config.num_hidden_layers).start
    model.model.layers = model.model.layers[first:]
    model.config.num_hidden_layers -= first
    return replace(recipe, layers=0)


PIECES: dict[str, Callable[[Any, Recipe], Recipe]] = {
    "": as_it_is,
    "padding": as_it_is,
    "masked attention": masked_attention,
    "peft's projections": pefts_projections,
    "logits at once": logits_at_once,
    "logits everywhere": logits_everywhere,
    "last block everywhere": last_block_everywhere,
    "all layers": lambda model, recipe: replace(recipe, layers=0),
    "computed again": lambda model, recipe: replace(recipe, recompute=True),
    "states known": states_known,
    "torch.compile": as_it_is,
    "bf16": lambda model, recipe: replace(recipe, precision="bf16"),
}

if __name__ == "__main__":
    main()
