"""microtune against the recipes of others in Markdown: bits by person, and how that adds up."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from report import table

Row = Mapping[str, Any]

RIVAL_CONDITIONS = ("adapter", "adapter_rag", "own", "own_rag")
BASE_CONDITIONS = ("base", "base_rag", "five")
LONGER = {"time": "same time", "end": "own end"}


def counted(row: Row) -> float:
    """The bits per byte that count: what microtune serves (adapter + retrieval), and of all others
    whichever of their prompts suits them best."""
    bits = row["bits_per_byte"]
    if row["contestant"] == "microtune":
        return float(bits["adapter_rag"])
    names = BASE_CONDITIONS if row["contestant"] == "retrieval" else RIVAL_CONDITIONS
    return float(min(bits[name] for name in names if name in bits))


def reduction(row: Row) -> float:
    """The share of the bits of base + retrieval that a contestant saves."""
    return 1 - counted(row) / float(row["bits_per_byte"]["base_rag"])


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """For each contestant its mean reduction and for how many microtune's bits are fewer; and how
    many times the best rival's reduction microtune's is, over the people who have both."""
    ours = {row["person"]: row for row in rows if row["contestant"] == "microtune"}
    names = list(dict.fromkeys(row["contestant"] for row in rows))
    each = {name: _against(ours, [r for r in rows if r["contestant"] == name]) for name in names}
    others = [of["reduction"] for name, of in each.items() if name != "microtune"]
    best = max(others, default=0.0)
    own = each.get("microtune", {}).get("reduction")
    return {
        "people": len(ours),
        "contestants": each,
        "times_the_best": own / best if own is not None and best > 0 else None,
    }


def _against(ours: Mapping[str, Row], rows: Sequence[Row]) -> dict[str, Any]:
    met = [row for row in rows if row["person"] in ours]
    return {
        "people": len(rows),
        "reduction": mean(map(reduction, rows)),
        "met": len(met),
        "microtune_lower": sum(counted(ours[row["person"]]) < counted(row) for row in met),
        "steps": mean(row["steps"] for row in rows),
        "seconds": mean(row["seconds"] for row in rows),
        "cut": sum(bool(row.get("cut")) for row in rows),
    }


def markdown(result: Row) -> str:
    sums, rows = result["summary"], result["rows"]
    if not rows:
        return "Nobody was measured."
    times = sums["times_the_best"]
    said = (
        f"microtune's mean reduction against base + retrieval is {times:.2f} times the best of the "
        "others'.\n\n"
        if times is not None
        else ""
    )
    return (
        f"{sums['people']} people who {result['part']}, {result['minutes']:g} min of training by "
        f"microtune; to its own end a recipe may take {result['longest']:g} min.\n\n{said}"
        f"{_sums(sums['contestants'])}\n\nBits per byte of held-out words:\n\n{_each(rows)}"
    )


def _sums(each: Mapping[str, Mapping[str, Any]]) -> str:
    head = (
        *("recipe", "mean reduction against base + retrieval", "microtune has fewer bits"),
        *("steps", "seconds", "stopped before its end"),
    )
    return table(
        head,
        [
            [
                title(name),
                f"{of['reduction']:.1%}",
                "" if name == "microtune" else f"{of['microtune_lower']} of {of['met']}",
                f"{of['steps']:.0f}",
                f"{of['seconds']:.0f}",
                of["cut"] or "",
            ]
            for name, of in each.items()
        ],
    )


def _each(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(row["contestant"] for row in rows))
    people = list(dict.fromkeys(row["person"] for row in rows))
    bits = {(row["person"], row["contestant"]): f"{counted(row):.3f}" for row in rows}
    base = {row["person"]: f"{row['bits_per_byte']['base_rag']:.3f}" for row in rows}
    return table(
        ["person", "base + retrieval", *map(title, names)],
        [[p, base[p], *(bits.get((p, name), "") for name in names)] for p in people],
    )


def title(contestant: str) -> str:
    name, _, until = contestant.partition("|")
    return f"{name}, {LONGER[until]}" if until else name
