"""What `microtune train --json` says of a run. Knows nothing of how it is trained or shown."""

import resource
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from microtune.daemon.jobs import NOTHING_NEW
from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from microtune_adapters.lineage import Lineage
    from microtune_adapters.run_values import Outcome


def outcome_facts(outcome: "Outcome") -> dict[str, Any]:
    """Of a run that ended in an adapter."""
    trained = outcome.trained
    return {
        "adapter": outcome.adapter,
        "status": "promoted" if outcome.verdict.promoted else "rejected",
        "reason": outcome.verdict.reason,
        "heldout": dict(outcome.measurement.bits_per_byte),
        "general": outcome.general.to_dict(),
        "strength": trained.strength,
        "seconds": round(trained.seconds, 1),
        "tokens": trained.tokens,
        "steps": trained.steps,
        "run": outcome.run,
        "peak_rss_mb": peak_rss_mb(),
        "note": trained.note,
        "pairs": outcome.pairs.to_dict() if outcome.pairs else None,
        **lineage_facts(outcome.lineage),
    }


def unchanged_facts(wiring: Wiring, store: Store, why: MicrotuneError) -> dict[str, Any]:
    """Where the active adapter stays as it is, because nothing is new or going on gained nothing;
    "heldout" is what was measured when it was made."""
    from microtune_adapters.lineage import Lineage, NothingNew

    active, newest = wiring.library.active(), store.runs.all()[0]
    idle = isinstance(why, NothingNew)
    lineage = None if idle else Lineage.from_dict(newest.recipe.get("lineage"))
    return {
        "adapter": active.id if active else "",
        "status": NOTHING_NEW if idle else "rejected",
        "reason": why.what,
        "heldout": dict(active.measurements.get("bits_per_byte", {})) if active else {},
        "general": active.measurements.get("general") if active else None,
        "strength": active.measurements.get("strength") if active else None,
        "seconds": 0.0,
        "tokens": 0,
        "steps": 0,
        "run": "" if idle else newest.id,
        "peak_rss_mb": peak_rss_mb(),
        "note": "",
        "pairs": active.measurements.get("pairs") if active else None,
        **lineage_facts(lineage),
    }


def pairs_line(pairs: Mapping[str, Any] | None) -> list[str]:
    """One line of what an adapter makes of pairs, as its card has them; none without."""
    if not pairs:
        return []
    after, before = pairs["after"], pairs["before"]
    return [
        f"Of {pairs['heldout']} held-out edits of drafts it finds your text likelier in "
        f"{after['share']:.0%} (95 % interval {after['low']:.0%} to {after['high']:.0%}), "
        f"before in {before['share']:.0%}; it learned from {pairs['trained']}."
    ]


def general_line(measured: Mapping[str, Any]) -> list[str]:
    """One line of what an adapter does to general text, as its card has it; none without."""
    from microtune_adapters.gate import MOST_GENERAL

    if not measured.get("general"):
        return []
    strength = measured.get("strength", 1.0)
    weakened = f" with the adapter at {strength:.0%} of its strength" if strength < 1 else ""
    general, most = measured["general"], f"up to {MOST_GENERAL:.0%} is allowed"
    costs = f"General text costs {general['share']:+.1%} bits{weakened}"
    if "divergence" not in general:  # an adapter of before there was such a figure
        return [f"{costs}; {most}."]
    moved = f"what is expected there has moved by {general['divergence']:.1%}"
    return [f"{costs}, and {moved}; {most} of each."]


def lineage_facts(lineage: "Lineage | None") -> dict[str, Any]:
    """From where a run started and what it saw; of no run with None."""
    return {
        "how": lineage.how if lineage else None,
        "why": lineage.why if lineage else "",
        "parent": lineage.parent if lineage else "",
        "new_documents": lineage.new_documents if lineage else 0,
        "replayed": lineage.replayed if lineage else 0,
    }


def peak_rss_mb() -> int:
    """The most memory that this process had resident so far, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1_000_000 if sys.platform == "darwin" else peak * 1024 // 1_000_000
