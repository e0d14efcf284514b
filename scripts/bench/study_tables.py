"""The study of recipes in Markdown: each variant against "now" and against base + retrieval."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from report import table
from study_variants import VARIANTS

Row = Mapping[str, Any]

SIZES = "documents"


def sections(part: str, rows: Sequence[Row]) -> list[str]:
    """The sections of a page that these rows fill."""
    groups = {VARIANTS[row["variant"]].group for row in rows}
    named = {
        "recipe-tune": part == "tune" and bool(groups - {SIZES, "now"}),
        "recipe-report": part == "report" and bool(groups - {SIZES}),
        "recipe-sizes": SIZES in groups,
    }
    return [name for name, there in named.items() if there]


def markdown(section: str, about: Row) -> str:
    sizes = section == "recipe-sizes"
    rows = about["rows"]
    names = [n for n in VARIANTS if any(row["variant"] == n for row in rows)]
    chosen = [n for n in names if n == "now" or (VARIANTS[n].group == SIZES) == sizes]
    people = sorted({row["person"] for row in rows})
    devices = sorted({row.get("device", "cpu") for row in rows})
    texts = "their held-out texts" if about["part"] == "report" else "validation texts"
    return (
        f"{len(people)} people who {about['part']}: {', '.join(people)}. {about['steps']} steps of "
        f"each variant at most where it does not say otherwise, {about['texts']} of {texts} scored "
        f"by the torch model, on {' and '.join(devices)}.\n\n"
        + table(_HEAD, [_cells(summary(name, rows)) for name in chosen])
    )


def summary(name: str, rows: Sequence[Row]) -> dict[str, Any]:
    """What a variant brings: means over its people. "gain" is the share of bits that it saves
    against "now" for the people who have both, "wins" for how many it saves any."""
    own = {row["person"]: row for row in rows if row["variant"] == name}
    now = {row["person"]: row for row in rows if row["variant"] == "now"}
    both = sorted(own.keys() & now.keys())
    others = [share for row in own.values() if (share := beyond(row)) is not None]
    gains = [1 - _bits(own[person]) / _bits(now[person]) for person in both]
    return {
        "variant": name,
        "group": VARIANTS[name].group,
        "people": len(own),
        "reduction": mean(map(reduction, own.values())),
        "alone": mean(_alone(row) for row in own.values()),
        "better": sum(reduction(row) > 0 for row in own.values()),
        "gain": mean(gains) if both else None,
        "wins": sum(gain > 0 for gain in gains),
        "both": len(both),
        "general": mean(map(general, own.values())),
        "outside": mean(others) if others else None,
        "strength": mean(row["strength"] for row in own.values()),
        "seconds_a_step": mean(row["seconds"] / row["steps_taken"] for row in own.values()),
        "steps": mean(row["steps_taken"] for row in own.values()),
    }


def reduction(row: Row) -> float:
    """The share of the bits of base + retrieval that adapter + retrieval saves."""
    return 1 - _bits(row) / float(row["bits_per_byte"]["base_rag"])


def general(row: Row) -> float:
    """The share of bits that the adapter costs general text."""
    return float(row["general"]["adapter"] / row["general"]["base"] - 1)


def beyond(row: Row) -> float | None:
    """The same on general text of other sources, where that was measured."""
    bits = row["general"]
    return (
        float(bits["adapter_outside"] / bits["base_outside"] - 1)
        if "base_outside" in bits
        else None
    )


def _alone(row: Row) -> float:
    bits = row["bits_per_byte"]
    return float(1 - bits["adapter"] / bits["base"])


def _bits(row: Row) -> float:
    return float(row["bits_per_byte"]["adapter_rag"])


_HEAD = (
    *("variant", "what varies", "reduction against base + retrieval", "adapter against base"),
    *("better than base + retrieval", "gain over now", "better than now", "general text"),
    *("of other sources", "strength", "steps", "s a step"),
)


def _cells(of: Mapping[str, Any]) -> list[object]:
    against_now = of["variant"] != "now" and of["gain"] is not None
    return [
        of["variant"],
        of["group"],
        f"{of['reduction']:.2%}",
        f"{of['alone']:.2%}",
        f"{of['better']} of {of['people']}",
        f"{of['gain']:+.2%}" if against_now else "",
        f"{of['wins']} of {of['both']}" if against_now else "",
        f"{of['general']:+.2%}",
        f"{of['outside']:+.2%}" if of["outside"] is not None else "",
        f"{of['strength']:.2f}",
        f"{of['steps']:.0f}",
        f"{of['seconds_a_step']:.2f}",
    ]
