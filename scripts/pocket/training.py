"""The pretraining loop: windows in a seeded order, checkpoints, exact resume.

Short windows first, whole contexts at the end: short sequences are cheaper, and the model meets
its full context before it is done (as in Li et al., 2022, "The Stability-Efficiency Dilemma").
"""

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from microtune.errors import MicrotuneError

from .loss import NONE, nats_and_gradient, summed_loss
from .model import Pocket, Shape
from .optimiser import optimisers, rate, set_rate

DECAY = 0.5  # of the steps; for a known number of steps a long decay ends lower
WINDOWS = ((0.55, 4), (0.88, 2), (1.0, 1))  # up to this share of the steps, context / this


@dataclass(frozen=True, slots=True)
class Plan:
    steps: int
    batch: int = 16  # windows of a whole context a step
    micro: int = 2  # windows of a whole context a backward pass
    matrix_rate: float = 0.02
    embedding_rate: float = 3e-3
    seed: int = 0
    precision: str = "bf16"
    compiled: bool = True

    def window(self, step: int, context: int) -> int:
        """The length of the windows at a step."""
        return next(context // part for share, part in WINDOWS if step < share * self.steps)


class Windows:
    """Seeded batches of `tokens.npy`: batch `n` is the same whenever it is asked for."""

    def __init__(self, folder: Path, context: int, seed: int) -> None:
        self.tokens = np.load(folder / "tokens.npy", mmap_mode="r")
        self.loss = np.load(folder / "loss.npy", mmap_mode="r")
        self.context, self.seed = context, seed
        self.count = (len(self.tokens) - 1) // context
        if not self.count:
            raise MicrotuneError(
                f"{folder} holds {len(self.tokens)} tokens, fewer than one context",
                "Prepare more text.",
            )

    def batch(self, step: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Inputs and targets [size, context] int64; targets without loss are `NONE`."""
        first = step * size
        order = np.random.default_rng([self.seed, first // self.count]).permutation(self.count)
        rows = [int(order[(first + i) % self.count]) * self.context for i in range(size)]
        ids = np.stack([self.tokens[r : r + self.context + 1] for r in rows]).astype(np.int64)
        marks = np.stack([self.loss[r + 1 : r + self.context + 1] for r in rows])
        targets = np.where(marks == 1, ids[:, 1:], NONE)
        return torch.from_numpy(ids[:, :-1].copy()), torch.from_numpy(targets)


class Pretraining:
    """One pretraining run in `folder`; `run()` goes on from the newest checkpoint."""

    def __init__(self, folder: Path, data: Path, shape: Shape, plan: Plan) -> None:
        self.folder, self.plan, self.shape = folder, plan, shape
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(plan.seed)
        self.model = Pocket(shape).to(self.device)
        self.optimisers = optimisers(
            self.model, matrix_rate=plan.matrix_rate, embedding_rate=plan.embedding_rate
        )
        self.windows = Windows(data, shape.context, plan.seed)
        self.step = 0
        self.hidden, self.nats = self.model.forward, nats_and_gradient
        if plan.compiled:  # one graph for each length of window
            self.hidden = torch.compile(self.model.forward, dynamic=False)
            self.nats = torch.compile(nats_and_gradient, dynamic=True)
        folder.mkdir(parents=True, exist_ok=True)
        if self.checkpoint.exists():
            self.load()

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def load(self) -> None:
        saved: dict[str, Any] = torch.load(self.checkpoint, map_location=self.device)
        if "optimisers" not in saved:
            raise MicrotuneError(
                f"{self.checkpoint} holds weights alone, carried from elsewhere",
                "Measure or export it; training can go on only where it was begun.",
            )
        self.model.load_state_dict(saved["model"])
        for optimiser, state in zip(self.optimisers, saved["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        self.step = saved["step"]

    def save(self) -> None:
        """Write the checkpoint beside the old one, then rename: a crash leaves one whole."""
        state = {
            "model": self.model.state_dict(),
            "optimisers": [o.state_dict() for o in self.optimisers],
            "step": self.step,
        }
        torch.save(state, self.checkpoint.with_suffix(".new"))
        self.checkpoint.with_suffix(".new").rename(self.checkpoint)

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device, torch.bfloat16, enabled=self.plan.precision == "bf16")

    def one_step(self) -> float:
        """One step of the optimisers; returns the mean loss in nats before it."""
        plan, context = self.plan, self.shape.context
        ids, targets = (t.to(self.device) for t in self.windows.batch(self.step, plan.batch))
        window = plan.window(self.step, context)
        ids, targets = ids.view(-1, window), targets.view(-1, window)
        rows = plan.micro * context // window
        set_rate(self.optimisers, rate(self.step, plan.steps, decay=DECAY))
        marked, total = max(1, int((targets != NONE).sum())), 0.0
        for i in range(0, len(ids), rows):
            with self.autocast():
                hidden = self.hidden(ids[i : i + rows])
                loss = self.loss_of(hidden, targets[i : i + rows]) / marked
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return total

    def loss_of(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return summed_loss(hidden, self.model.embed_tokens.weight, targets, self.nats)

    def run(self, *, save_every: float = 120, report_every: int = 20) -> None:
        """Train to the last step; raises `FloatingPointError` when the loss is no number."""
        saved, began, first = time.monotonic(), time.monotonic(), self.step
        while self.step < self.plan.steps:
            loss = self.one_step()
            if not math.isfinite(loss):
                raise FloatingPointError(f"loss {loss} at step {self.step}")
            if self.step % report_every == 0:
                done = (self.step - first) * self.plan.batch * self.shape.context
                self.report(loss=loss, tokens_per_s=done / (time.monotonic() - began))
            if time.monotonic() - saved > save_every:
                self.save()
                saved = time.monotonic()
        self.save()

    def report(self, **figures: float) -> None:
        line = json.dumps({"step": self.step, **{k: round(v, 4) for k, v in figures.items()}})
        print(line, flush=True)
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(line + "\n")
