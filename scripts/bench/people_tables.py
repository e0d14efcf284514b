"""The people benchmark in Markdown: what was kept, what it brought, and how that adds up."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from report import table

CONDITIONS = ("base", "base_rag", "adapter", "adapter_rag")
Row = Mapping[str, Any]


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """For how many people adapter + retrieval is better, and by how much on average.

    "clear" counts those whose 95 % interval lies clear of zero.
    """
    done = [row for row in rows if "failed" not in row]
    beats = {
        against: {
            "lower": sum(row["intervals"][against]["mean"] > 0 for row in done),
            "clear": sum(row["intervals"][against]["low"] > 0 for row in done),
        }
        for against in ("base", "base_rag")
    }
    return {
        "people": len(done),
        "failed": len(rows) - len(done),
        "beats": beats,
        "mean_reduction": mean(map(reduction, done)) if done else None,
    }


def reduction(row: Row) -> float:
    """The share of the base's bits that adapter + retrieval saves."""
    bits = row["bits_per_byte"]
    return float(1 - bits["adapter_rag"] / bits["base"])


def markdown(result: Row) -> str:
    rows = result["people"]
    done = [row for row in rows if "failed" not in row]
    failed = [f"- {row['person']}: {row['failed']}" for row in rows if "failed" in row]
    parts = [_base_line(result), *_sums(result["summary"])]
    if done:
        parts += [_brought(done), _kept(done)]
    if failed:
        parts.append("Not measured:\n\n" + "\n".join(failed))
    return "\n\n".join(parts)


def _base_line(result: Row) -> str:
    base = result["base"]
    return (
        f"Base: {base['base']}, {base['parameters'] / 1e6:.1f} M parameters, "
        f"SHA-256 {base['sha256'][:12]}; {result['minutes']:g} min for each training loop."
    )


def _sums(sums: Row) -> list[str]:
    if not sums["people"]:
        return []
    beats, count = sums["beats"], sums["people"]
    return [
        f"Adapter + retrieval is better than the base for {beats['base']['lower']} of {count} "
        f"people (interval clear of zero: {beats['base']['clear']}) and better than base + "
        f"retrieval for {beats['base_rag']['lower']} of {count} (clear of zero: "
        f"{beats['base_rag']['clear']}). Mean reduction against the base: "
        f"{sums['mean_reduction']:.1%}."
    ]


def _brought(rows: Sequence[Row]) -> str:
    head = [
        *("person", "base", "base + retrieval", "adapter", "adapter + retrieval"),
        *("reduction", "bits saved against base", "against base + retrieval"),
        *("verdict", "seconds", "peak MB"),
    ]
    return table(head, [_figures(row) for row in rows])


def _figures(row: Row) -> list[object]:
    return [
        row["person"],
        *(f"{row['bits_per_byte'][condition]:.3f}" for condition in CONDITIONS),
        f"{reduction(row):.1%}",
        *(_interval(row["intervals"][against]) for against in ("base", "base_rag")),
        row["status"],
        f"{row['seconds']['collect'] + row['seconds']['train']:.0f}",
        row["peak_mb"],
    ]


def _interval(of: Row) -> str:
    return f"{of['mean']:.3f} ({of['low']:.3f} to {of['high']:.3f})"


def _kept(rows: Sequence[Row]) -> str:
    head = ["person", "documents kept", "words trained on", "texts held out", "dropped"]
    return table(
        head,
        [
            [
                row["person"],
                row["documents"],
                row["words"],
                row["heldout"]["documents"],
                ", ".join(f"{count} {reason}" for reason, count in sorted(row["dropped"].items())),
            ]
            for row in rows
        ],
    )
