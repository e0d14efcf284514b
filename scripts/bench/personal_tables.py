"""The matrix of adapters by people in Markdown, and in how many pairs the own adapter is better."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from report import table

from microtune_adapters.bootstrap import paired_interval

Row = Mapping[str, Any]
AIM = 0.95


def bits(cell: Row) -> float:
    """Bits per byte of all of the cell's texts together."""
    return float(sum(cell["nats"]) / math.log(2) / sum(cell["bytes"]))


def summary(cells: Sequence[Row]) -> dict[str, Any]:
    """For each kind and in all: in how many pairs the own adapter beats the other's.

    A pair is one person's texts and one other person's adapter. "clear" counts those pairs whose
    95 % interval (paired bootstrap over texts) lies clear of zero, for or against.
    """
    pairs = list(_pairs(cells))
    kinds = list(dict.fromkeys(pair["kind"] for pair in pairs))
    groups = {"all": pairs, **{k: [p for p in pairs if p["kind"] == k] for k in kinds}}
    return {
        "pairs": pairs,
        "kinds": {
            name: {
                "pairs": len(found),
                "own_better": sum(p["saved"]["mean"] > 0 for p in found),
                "clearly_better": sum(p["saved"]["low"] > 0 for p in found),
                "clearly_worse": sum(p["saved"]["high"] < 0 for p in found),
            }
            for name, found in groups.items()
        },
    }


def _pairs(cells: Sequence[Row]) -> "list[dict[str, Any]]":
    own = {cell["person"]: cell for cell in cells if cell["person"] == cell["adapter_of"]}
    found = []
    for cell in cells:
        mine = own[cell["person"]]
        if cell["adapter_of"] in ("", cell["person"]):
            continue
        saved = [
            (other - one) / math.log(2)
            for one, other in zip(mine["nats"], cell["nats"], strict=True)
        ]
        interval = paired_interval(saved, cell["bytes"])
        names = {key: cell[key] for key in ("person", "adapter_of", "kind")}
        found.append({**names, "saved": asdict(interval)})
    return found


def markdown(result: Row) -> str:
    base, cells = result["base"], result["cells"]
    parts = [
        f"Base: {base['base']}, {base['parameters'] / 1e6:.1f} M parameters, SHA-256 "
        f"{base['sha256'][:12]}; {result['minutes']:g} min for each training loop; at most "
        f"{result['texts']} held-out texts of each person, without retrieved passages.",
        *_counts(result["summary"]["kinds"]),
    ]
    for kind in dict.fromkeys(cell["kind"] for cell in cells):
        parts += [_title(kind), _matrix([c for c in cells if c["kind"] == kind], result["people"])]
    if result["failed"]:
        lines = (f"- {person}: {why}" for person, why in result["failed"].items())
        parts.append("Not measured:\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _counts(kinds: Row) -> list[str]:
    every = kinds["all"]
    if not every["pairs"]:
        return ["No two people write the same kind: there is no pair."]
    share = every["own_better"] / every["pairs"]
    rows = [
        [
            name,
            sums["pairs"],
            f"{sums['own_better']} ({sums['own_better'] / sums['pairs']:.0%})",
            sums["clearly_better"],
            sums["clearly_worse"],
        ]
        for name, sums in kinds.items()
    ]
    head = ["kind", "pairs", "own adapter better", "clear of zero", "other's clearly better"]
    return [
        f"The own adapter beats the other's in {every['own_better']} of {every['pairs']} pairs "
        f"({share:.0%}; aim: {AIM:.0%}).",
        table(head, rows),
    ]


def _title(kind: str) -> str:
    return (
        f"{kind[0].upper()}{kind[1:]}: bits per byte of the texts of the person at the left, under "
        "each adapter; the own one is bold."
    )


def _matrix(cells: Sequence[Row], statuses: Row) -> str:
    people = list(dict.fromkeys(cell["person"] for cell in cells))
    found = {(cell["person"], cell["adapter_of"]): bits(cell) for cell in cells}
    mark = {name: "" if statuses[name] == "promoted" else f" ({statuses[name]})" for name in people}
    head = ["texts of", "the base", *(f"{name}{mark[name]}" for name in people)]
    rows = [
        [
            person,
            f"{found[person, '']:.3f}",
            *(_cell(found[person, of], of == person) for of in people),
        ]
        for person in people
    ]
    return table(head, rows)


def _cell(value: float, own: bool) -> str:
    return f"**{value:.3f}**" if own else f"{value:.3f}"
