"""Which bases suit a machine: those that it can serve, and those that it can train on as well.

Takes the memory of a run from the same formula as `microtune train --dry-run`, with the recipe
that a run would use. All of it is arithmetic, on the cautious side; nothing is measured here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from microtune_adapters.catalogue import CATALOGUE, Entry
from microtune_adapters.machine import Machine
from microtune_adapters.recipes import choose_recipe
from microtune_adapters.training_memory import USABLE, expected_memory_mb, fitted

CONTEXT_MB = 700  # 2048 tokens of context, and the buffers of llama.cpp, at most, for any of them
SPARE_DISK_MB = 2_000
WORDS = 20_000  # of a person who begins; what a recipe for them takes is what counts
# A night's training must be worth it. The rate is that of matrix products in fp32 on a machine of
# two cores (40 GFLOP/s); forward and backward pass take 4 products for each weight and token, and 6
# where layers are computed again.
NIGHT_S, NIGHT_TOKENS = 8 * 3600, 100_000
FLOPS_A_CORE, PRODUCTS = 20e9, 6

Fits = Literal["trains", "drafts", "no"]


@dataclass(frozen=True, slots=True)
class Suit:
    """How a base suits a machine: it trains and drafts, only drafts, or neither; and why."""

    entry: Entry
    fits: Fits
    why: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The base to choose, why, the next larger one that would need another machine, and the
    largest that drafts here and cannot be trained on; None where there is none."""

    entry: Entry
    why: str
    larger: Suit | None
    drafts_only: Suit | None


def drafting_mb(entry: Entry) -> int:
    """About how much memory the base takes to draft with."""
    return entry.bytes // 1_000_000 + CONTEXT_MB


def training_mb(entry: Entry, memory_mb: int = 0) -> int:
    """About how much memory a run on the base takes at its peak, in fp32, on a machine of so much:
    by the leanest recipe unless it has more to spare."""
    recipe = choose_recipe(
        words=WORDS,
        parameters=entry.parameters,
        context=2048,
        minutes=NIGHT_S / 60,
    )
    return expected_memory_mb(entry, fitted(entry, recipe, memory_mb))


def night_tokens(entry: Entry, machine: Machine) -> int:
    """About how many tokens a night's training gets through."""
    return int(NIGHT_S * machine.cores * FLOPS_A_CORE / (PRODUCTS * entry.parameters))


def suit(machine: Machine, entry: Entry, here: bool = False) -> Suit:
    """How `entry` suits; `here`: it needs no more disk."""
    usable = int(machine.memory_mb * USABLE)
    drafts, trains = drafting_mb(entry), training_mb(entry, machine.memory_mb)
    if not here and not entry.packaged and machine.disk_mb < _disk_mb(entry):
        return Suit(entry, "no", f"needs {_gb(_disk_mb(entry))} of free disk")
    if drafts > usable:
        return Suit(
            entry, "no", f"needs {_gb(drafts)} of memory to draft, {_gb(usable)} can be had"
        )
    if trains > usable:
        return Suit(
            entry,
            "drafts",
            f"drafts with {_gb(drafts)} of memory, but training needs {_gb(trains)} "
            f"and {_gb(usable)} can be had",
        )
    if night_tokens(entry, machine) < NIGHT_TOKENS:
        cores = "1 core" if machine.cores == 1 else f"{machine.cores} cores"
        return Suit(entry, "drafts", f"drafts, but a night's training is too short on {cores}")
    return Suit(entry, "trains", f"trains within {_gb(trains)} of the {_gb(usable)} to be had")


def advised(machine: Machine, catalogue: Sequence[Entry] = CATALOGUE) -> Advice:
    """The largest base that trains here and writes no thoughts before its drafts.

    The first of the catalogue, pocket, suits whatever the machine.
    """
    suits = [suit(machine, entry) for entry in catalogue if not entry.thinks]
    chosen = [0, *(at for at, one in enumerate(suits) if one.fits == "trains")][-1]
    larger = suits[chosen + 1] if chosen + 1 < len(suits) else None
    entry, why = suits[chosen].entry, suits[chosen].why
    line = f"{entry.name} suits this machine: it {why}."
    if larger:
        line += f" The next larger, {larger.entry.name}, {larger.why}."
    beyond = [one for one in suits[chosen + 1 :] if one.fits == "drafts"]
    return Advice(entry, line, larger, beyond[-1] if beyond else None)


def _disk_mb(entry: Entry) -> int:
    return entry.bytes // 1_000_000 + SPARE_DISK_MB


def _gb(megabytes: int) -> str:
    return f"{megabytes / 1e3:.1f} GB"
