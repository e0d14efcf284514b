"""The benchmark on a GPU in Markdown, and the ratios between microtune and the others."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from report import table

Run = Mapping[str, Any]
FORMS = {"bf16": "bf16", "fp32": "fp32", "nf4": "4-bit"}


def middle(runs: Sequence[Run], ceiling: float) -> dict[str, Any]:
    """Medians over the runs of one contestant. `range` is of tokens a second; `mfu` is how much of
    the `ceiling` (TFLOP/s) the operations took that no trainer can do without."""
    failed = [run for run in runs if "failed" in run]
    if failed or not runs:
        return dict(failed[0]) if failed else {"failed": "not run: the time was over"}
    speeds = [run["tokens"] / run["seconds"] for run in runs]
    answers = [run["answer_tokens"] / run["seconds"] for run in runs]
    seconds = median(run["seconds"] for run in runs)
    memory = [
        key for key in ("model_mb", "allocated_mb", "reserved_mb", "host_mb") if key in runs[0]
    ]
    return {
        "runs": len(runs),
        "tokens_per_s": round(median(speeds), 1),
        "range": [round(min(speeds), 1), round(max(speeds), 1)],
        "answer_tokens_per_s": round(median(answers), 1),
        "seconds": round(seconds, 3),
        "mfu": runs[0]["operations"] / seconds / 1e12 / ceiling,
        **{key: median(run[key] for run in runs) for key in memory},
        **{key: runs[0][key] for key in ("tokens", "answer_tokens", "operations", "steps", "loss")},
    }


def ratios(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """microtune relative to each other trainer on the same base in the same batch."""
    done = [run for run in runs if "failed" not in run]
    ours = {(run["base"], run["batch"]): run for run in done if run["trainer"] == "microtune"}
    return [
        _ratio(ours[run["base"], run["batch"]], run)
        for run in done
        if run["trainer"] != "microtune" and (run["base"], run["batch"]) in ours
    ]


def _ratio(mine: Run, other: Run) -> dict[str, Any]:
    peak = "allocated_mb" if "allocated_mb" in mine else "host_mb"
    return {
        "against": other["trainer"],
        "base": other["base"],
        "batch": other["batch"],
        "tokens_per_s": round(mine["tokens_per_s"] / other["tokens_per_s"], 3),
        "peak": round(mine[peak] / other[peak], 3),
    }


def markdown(result: Mapping[str, Any]) -> str:
    shape, ceiling = result["shape"], result["ceiling"]
    fourth = f"; bitsandbytes {ceiling['bitsandbytes']}" if ceiling["bitsandbytes"] else ""
    about = (
        f"On {ceiling['device']}, where a product of {ceiling['product']} reaches "
        f"{ceiling['tflops']:.4g} TFLOP/s{fourth}. Base: random weights in the shape "
        f"{shape['name']}, {shape['linear'] / 1e6:.4g} M parameters in the adapted layers; rank "
        f"{result['batches'][0]['rank']}. {_batches(result)}"
    )
    heads = ["trainer", "base", "batch", "tokens/s", "range", "answer tokens/s", "MFU"]
    heads += ["peak MB", "reserved MB", "host MB", "loss"]
    parts = [about, table(heads, map(_row, result["runs"]))]
    if result["ratios"]:
        titles = ["microtune against", "base", "batch", "tokens/s", "peak memory"]
        parts.append(table(titles, ([*map(_times, one.values())] for one in result["ratios"])))
    return "\n\n".join([*parts, *result["skipped"]])


def _batches(result: Mapping[str, Any]) -> str:
    said = (
        f"{one['batch']} rows of {one['row']} tokens a step or {one['examples_a_step']} whole "
        f"examples, {one['tokens']} tokens in {one['examples']} examples, {one['answer_tokens']} "
        "of them with loss"
        for one in result["batches"]
    )
    return f"Timed, each run: {'; '.join(said)}."


def _row(run: Run) -> list[object]:
    name = [run["trainer"], FORMS[run["base"]], run["batch"]]
    if "failed" in run:
        return [*name, f"failed: {run['failed'].partition('. ')[0]}", *[""] * 7]
    low, high = run["range"]
    return [
        *name,
        f"{run['tokens_per_s']:.0f}",
        f"{low:.0f} to {high:.0f}",
        f"{run['answer_tokens_per_s']:.0f}",
        f"{run['mfu']:.1%}",
        *(f"{run[k]:.0f}" if k in run else "–" for k in ("allocated_mb", "reserved_mb", "host_mb")),
        f"{run['loss']:.3f}",
    ]


def _times(value: object) -> object:
    return f"{value:.2f} ×" if isinstance(value, float) else FORMS.get(str(value), value)
