"""What adapters cost general text, in Markdown."""

from collections.abc import Mapping
from statistics import mean
from typing import Any

from report import table


def markdown(result: Mapping[str, Any]) -> str:
    rows = result["rows"]
    costs = [cost(row) for row in rows]
    return (
        f"{result['texts']} general texts of other sources; one adapter a person, "
        f"{result['minutes']:g} min of training.\n\n"
        + table(_HEAD, [_cells(row) for row in rows])
        + f"\n\nOn average general text costs {mean(costs):+.2%} (the most: {max(costs):+.2%}), "
        f"and the person's own text {mean(row['gain'] for row in rows):.1%} fewer bits."
    )


def cost(row: Mapping[str, Any]) -> float:
    """The share of bits that the adapter costs on texts of other sources."""
    return float(row["adapter"]["bits"] / row["base"]["bits"] - 1)


_HEAD = (
    *("person", "gate", "own text saves", "strength", "general text, by the gate"),
    *("divergence there", "answers in a format", "general text of other sources"),
    *("stops, base", "stops, adapter"),
)


def _cells(row: Mapping[str, Any]) -> list[object]:
    return [
        row["person"],
        row["status"],
        f"{row['gain']:.1%}",
        f"{row['strength']:.2f}",
        *(f"{share:+.2%}" for share in (row["gate"], row["divergence"], row["list"], cost(row))),
        *(f"{row[side]['stops']:.0%}" for side in ("base", "adapter")),
    ]
