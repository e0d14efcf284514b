"""The fault campaign's Markdown: what was done how often, and what was found."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from report import table

Row = dict[str, Any]


def summary(rows: Sequence[Row]) -> Row:
    """Counts of a campaign. A fault has landed if it came before the command's end."""
    landed = [row for row in rows if row["landed"]]
    return {
        "faults": len(rows),
        "landed": len(landed),
        "failed": sum(bool(row["problems"]) for row in rows),
        "resumed_from_a_checkpoint": sum(row["step"] > 0 for row in landed),
        "seeds": {
            str(seed): sum(row["seed"] == seed for row in rows)
            for seed in sorted({row["seed"] for row in rows})
        },
    }


def markdown(rows: Sequence[Row]) -> str:
    counts = summary(rows)
    seeds = ", ".join(f"{seed} ({number} faults)" for seed, number in counts["seeds"].items())
    jobs = sorted({row["job"] for row in rows})
    landed = Counter((row["kind"], row["job"]) for row in rows if row["landed"])
    kinds = sorted({kind for kind, _ in landed})
    lines = [
        [kind, *(landed[kind, job] for job in jobs), sum(landed[kind, job] for job in jobs)]
        for kind in kinds
    ]
    failed = "".join(f"\n- {_failure(row)}" for row in rows if row["problems"])
    return (
        f"{counts['faults']} faults of seed {seeds}; {counts['landed']} landed while the command "
        f"ran and are counted below, the others came after its end. "
        f"{counts['resumed_from_a_checkpoint']} left a checkpoint to go on from. "
        f"**{counts['failed']} of {counts['faults']} broke a promise.**{failed}\n\n"
        + table(["fault", *jobs, "all"], lines)
    )


def _failure(row: Row) -> str:
    return (
        f"seed {row['seed']}, number {row['number']}: {row['kind']} during {row['job']} after "
        f"{row['seconds']:.2f} s: {'; '.join(row['problems'])}"
    )
