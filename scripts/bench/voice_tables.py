"""The benchmark of a voice in Markdown: means over all people, and what each verifier is worth."""

from collections.abc import Callable, Mapping, Sequence
from statistics import mean
from typing import Any

from report import table

Row = Mapping[str, Any]
Cells = Sequence[tuple[str, Callable[[float], str]]]
NAMES = {
    "base": "the base",
    "base_rag": "base + retrieval",
    "adapter": "adapter",
    "adapter_rag": "adapter + retrieval",
    "real": "their real texts",
    "own": "other texts of theirs",
    "others": "texts of others",
}


def markdown(result: Row) -> str:
    done = [row for row in result["people"] if "failed" not in row]
    failed = [f"- {row['person']}: {row['failed']}" for row in result["people"] if "failed" in row]
    parts = []
    if done:
        parts = [_about(done, result), "Manner:", _manner(done), "Nearness to the real text:"]
        parts += [_nearness(done), "Accepted as theirs, person by person:", _verifiers(done)]
    if failed:
        parts.append("Not measured:\n\n" + "\n".join(failed))
    return "\n\n".join(parts)


def _about(done: Sequence[Row], result: Row) -> str:
    base = done[0]["base"]
    return (
        f"Base: {base['base']}, {base['parameters'] / 1e6:.1f} M parameters, SHA-256 "
        f"{base['sha256'][:12]}; {result['minutes']:g} min for each training loop; at most "
        f"{result['texts']} held-out texts of each person. Means over {len(done)} people; each "
        f"one's verifier learned on the {result['learned_on']} others."
    )


def _manner(rows: Sequence[Row]) -> str:
    head = ["texts", "accepted as theirs", "likelier theirs than texts of others", "MAUVE-style"]
    head += ["greets as they did", "signs off so", "words got by words asked", "within 1.5×"]
    cells: Cells = [
        *(("accepted", _percent), ("nearer", _percent), ("mauve", _two), ("greeting", _percent)),
        *(("sign_off", _percent), ("length", _two), ("length_near", _percent)),
    ]
    return _means(rows, head, cells)


def _nearness(rows: Sequence[Row]) -> str:
    head = ["texts", "chrF", "ROUGE-L", "longest copied run, mean", "longest of all"]
    head.append("copied runs of 8 words or more")
    cells: Cells = [
        *(("chrf", _one), ("rouge_l", _one), ("copied_mean", _one), ("copied_longest", _whole)),
        ("copied_share", _percent),
    ]
    return _means(rows, head, cells)


def _means(rows: Sequence[Row], head: Sequence[str], cells: Cells) -> str:
    """One line for each kind of text; a cell is empty where a figure says nothing there."""
    lines = []
    for key, name in NAMES.items():
        found = [row["rows"][key] for row in rows if key in row["rows"]]
        values = [[one[f] for one in found if one.get(f) is not None] for f, _ in cells]
        if found:
            lines.append([name, *(_cell(v, f, s) for v, (f, s) in zip(values, cells, strict=True))])
    return table(head, lines)


def _cell(values: Sequence[float], figure: str, shown: Callable[[float], str]) -> str:
    if not values:
        return ""
    return shown(max(values) if figure == "copied_longest" else mean(values))


def _verifiers(rows: Sequence[Row]) -> str:
    head = ["person", "gate", "texts", "of others", "AUC", *NAMES.values(), "s to draft"]
    return table(head, map(_verifier, rows))


def _verifier(row: Row) -> list[object]:
    accepted = (
        _percent(row["rows"][key]["accepted"]) if key in row["rows"] else "" for key in NAMES
    )
    auc = "" if row["auc"] is None else _two(row["auc"])
    about = [row["person"], row["status"], row["texts"], row["strangers"], auc]
    return [*about, *accepted, _whole(row["seconds"]["drafts"])]


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _one(value: float) -> str:
    return f"{value:.1f}"


def _two(value: float) -> str:
    return f"{value:.2f}"


def _whole(value: float) -> str:
    return f"{value:.0f}"
