"""The training benchmark in Markdown, and the ratios that its aims speak of."""

from collections.abc import Mapping, Sequence
from typing import Any

from report import table

Run = Mapping[str, Any]


def speedups(runs: Sequence[Run], quickest: str) -> list[dict[str, Any]]:
    """Tokens a second and memory of microtune relative to each of the others.

    At the same precision; and microtune's own choice (`quickest`) against the Trainer's default,
    which is fp32.
    """
    done = {(run["trainer"], run["precision"]): run for run in runs if "failed" not in run}
    ours = {precision: run for (name, precision), run in done.items() if name == "microtune"}
    pairs = [
        (ours[precision], run)
        for (name, precision), run in done.items()
        if name != "microtune" and precision in ours
    ]
    if quickest != "fp32" and quickest in ours:
        pairs += [
            (ours[quickest], run)
            for (name, precision), run in done.items()
            if name != "microtune" and precision == "fp32"
        ]
    return [_ratio(mine, other) for mine, other in pairs]


def _ratio(mine: Run, other: Run) -> dict[str, Any]:
    return {
        "microtune": mine["precision"],
        "against": f"{other['trainer']}, {other['precision']}",
        "tokens_per_s": round(mine["tokens_per_s"] / other["tokens_per_s"], 3),
        "peak_mb": round(mine["peak_mb"] / other["peak_mb"], 3),
    }


def markdown(result: Mapping[str, Any]) -> str:
    base, recipe = result["base"], result["recipe"]
    about = (
        f"Base: {base['name']}, {base['parameters'] / 1e6:.1f} M parameters, SHA-256 "
        f"{base['sha256'][:12]}; {result['examples']} examples of {result['tokens']} tokens, "
        f"{result['answer_tokens']} of them with loss; rank {recipe['rank']}, "
        f"{result['steps']} steps; torch threads: {result['threads']}; microtune chooses "
        f"{result['quickest']} here."
    )
    heads = ["trainer", "precision", "tokens/s", "range", "answer tokens/s", "peak MB", "loss",
             "seconds", "held-out loss"]  # fmt: skip
    ratios = ["microtune in", "against", "tokens/s", "peak memory"]
    parts = [about, table(heads, map(_row, result["runs"]))]
    if result["speedups"]:
        parts.append(table(ratios, ([*map(_times, one.values())] for one in result["speedups"])))
    return "\n\n".join(parts)


def _row(run: Run) -> list[object]:
    name = [run["trainer"], run["precision"]]
    if "failed" in run:
        return [*name, f"failed: {run['failed']}", *[""] * 6]
    low, high = run["range"]
    return [
        *name,
        f"{run['tokens_per_s']:.0f}",
        f"{low:.0f} to {high:.0f}",
        f"{run['answer_tokens_per_s']:.0f}",
        f"{run['peak_mb']:.0f}",
        f"{run['loss']:.3f}",
        f"{run['tokens'] / run['tokens_per_s']:.0f}",
        f"{run['heldout']:.3f}",
    ]


def _times(value: object) -> object:
    return f"{value:.2f} ×" if isinstance(value, float) else value
