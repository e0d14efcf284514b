"""The benchmark of the assistant in Markdown. Computes nothing but medians and percentiles."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from report import table

SITUATIONS = {
    "idle": "key to screen, nothing else going on",
    "streaming": "key to screen, while a draft streams",
    "training": "key to screen, while a run trains",
    "both": "key to screen, while both",
}


def markdown(result: dict[str, Any]) -> str:
    starts = result["starts"]
    rows = [
        row("start to the first whole screen", [one["shown_ms"] for one in starts], 400),
        row("… of that the processor's time", [one["processor_ms"] for one in starts]),
        row("… of a bare Textual app, in turn with it", result["bare_ms"]),
        row("start to a loaded base", [one["ready_ms"] for one in starts]),
        *(row(SITUATIONS[name], taken, 50) for name, taken in result["keys"].items()),
        row("Enter to the first token, adapter", result["first_ms"]["adapter"], 300),
        row("Enter to the first token, base alone", result["first_ms"]["base"], 300),
        row("me/not me to the first token", result["turn_ms"]),
        row("… of that the swap", result["swap_ms"]),
        row("Esc to the end of the stream", [ms for ms in result["cancel_ms"] if ms is not None]),
    ]
    head = ["milliseconds", "times", "median", "95 %", "longest", "aim"]
    return "\n\n".join((table(head, rows), pastes(result), remarks(result)))


def row(name: str, taken: Sequence[float], aim: float | str = "") -> list[object]:
    if not taken:
        return [name, 0, "", "", "", aim]
    late = quantiles(taken, n=20, method="inclusive")[-1] if len(taken) > 1 else taken[0]
    return [name, len(taken), *(f"{ms:.0f}" for ms in (median(taken), late, max(taken))), aim]


def pastes(result: dict[str, Any]) -> str:
    names = {"draft": "into a draft", "rewrite": "into Rewrite", "continue": "into Continue"}
    rows = [
        [
            f"{result['kilobytes']} kB {names[place]}",
            *(f"{taken[key]:.0f}" for key in ("shown_ms", "first_ms", "later_ms")),
        ]
        for place, taken in result["paste"].items()
    ]
    return table(["paste, ms", "its end shows", "a key behind it shows", "longest key after"], rows)


def remarks(result: dict[str, Any]) -> str:
    heavy = sorted({*result["imports"]["heavy"], *result["libraries"]})
    beyond = result["cancel_tokens"]
    fresh, later = result["memory_mb"]["fresh"], result["memory_mb"]["later"]
    stage = result.get("training_stage")
    at = f" The run beside which keys were timed was at: {stage}." if stage else ""
    return (
        f"Before the first screen {result['imports']['modules']} modules are imported; of torch, "
        f"llama.cpp, transformers and NumPy, up to the end of all this, "
        f"{', '.join(heavy) or 'nothing'}. After a stop the engine made at most "
        f"{max(beyond, default=0)} tokens more (of {len(beyond)} stops). The assistant's process "
        f"held {fresh['assistant']:.0f} MB when the base was loaded and {later['assistant']:.0f} "
        f"MB in the end, the engine's {fresh['engine']:.0f} and {later['engine']:.0f} MB.{at}"
    )
