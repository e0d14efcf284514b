"""The fault campaign's Markdown: what was done how often and when, and what was found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from report import table

Row = dict[str, Any]
THIRDS = ("first third", "middle", "last third")


def summary(rows: Sequence[Row]) -> Row:
    """Counts of a campaign. A fault has landed if it came before the command's end."""
    landed = [row for row in rows if row["landed"]]
    return {
        "faults": len(rows),
        "landed": len(landed),
        "first_try": sum(row["tries"] == 1 for row in landed),
        "felt": sum(row["code"] != 0 for row in landed),
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
    failed = "".join(f"\n- {_failure(row)}" for row in rows if row["problems"])
    landed = [row for row in rows if row["landed"]]
    return (
        f"{counts['faults']} faults of seed {seeds}; {counts['landed']} landed while the command "
        f"ran, {counts['first_try']} of them at the first try, and are counted below. "
        f"{counts['felt']} ended the command, which got through the others. "
        f"{counts['resumed_from_a_checkpoint']} left a checkpoint to go on from. "
        f"**{counts['failed']} of {counts['faults']} broke a promise.**{failed}\n\n"
        f"{_by_kind(landed)}\n\n"
        f"When they came, by the share of the command's work that was done:\n\n{_by_time(landed)}"
        "\n\nHow much of the new documents, or of the steps, the kills among them found saved:\n\n"
        f"{_by_progress(landed)}"
    )


def _by_kind(landed: Sequence[Row]) -> str:
    jobs = sorted({row["job"] for row in landed})
    counts = Counter((row["kind"], row["job"]) for row in landed)
    lines = [
        [kind, *(counts[kind, job] for job in jobs), sum(counts[kind, job] for job in jobs)]
        for kind in sorted({kind for kind, _ in counts})
    ]
    total = ["all", *(sum(row["job"] == job for row in landed) for job in jobs), len(landed)]
    return table(["fault", *jobs, "all"], [*lines, total])


def _by_time(landed: Sequence[Row]) -> str:
    return table(["job", *THIRDS], _thirds((row["job"], row["share"]) for row in landed))


def _by_progress(landed: Sequence[Row]) -> str:
    """Nothing and everything apart: between them the command was in the middle of its work."""
    known = [(row["job"], row["progress"]) for row in landed if row["progress"] is not None]
    nothing = Counter(job for job, done in known if done == 0)
    all_ = Counter(job for job, done in known if done >= 1)
    lines = _thirds((job, done if 0 < done < 1 else None) for job, done in known)
    return table(
        ["job", "none", *THIRDS, "all"],
        [[job, nothing[job], *counts, all_[job]] for job, *counts in lines],
    )


def _thirds(shares: Iterable[tuple[str, float | None]]) -> list[list[Any]]:
    """A line for each job: how many of its shares lie in each third; None lies in none."""
    counts = Counter((job, None if at is None else min(2, int(at * 3))) for job, at in shares)
    jobs = sorted({job for job, _ in counts})
    return [[job, *(counts[job, third] for third in range(3))] for job in jobs]


def _failure(row: Row) -> str:
    return (
        f"seed {row['seed']}, number {row['number']}: {row['kind']} during {row['job']} at "
        f"{row['share']:.2f} of its work: {'; '.join(row['problems'])}"
    )
