"""Held-out bits per byte of plain text, by llama.cpp, for bases of whatever tokenizer."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pocket import served

from microtune.errors import MicrotuneError
from microtune_adapters.bootstrap import paired_interval
from microtune_adapters.chatml import DOCUMENT_END, END
from microtune_adapters.engine import defaults
from microtune_adapters.engine.native import NativeModel
from microtune_adapters.gguf_inspect import inspect_base

GROUPS = {
    "mail": ("mail",),
    "essays": ("blog", "speech", "literature"),
    "technical": ("docs", "handbook", "gov"),
    "spoken": ("conversation", "minutes"),
}


def opened(base: Path, threads: int) -> NativeModel:
    """The base with a context as long as the engine gives it."""
    return NativeModel(base, min(defaults.CONTEXT, inspect_base(base).context_length), threads)


def nats(base: Path, texts: Sequence[str], threads: int) -> list[float | None]:
    """Of each text, from its first token on; None where it is longer than the base's context."""
    with closing(opened(base, threads)) as model:
        first = document_end(model)
        return [_nats(model, [first, *model.tokenise(text)]) for text in texts]


def document_end(model: NativeModel) -> int:
    """The token that stands before a text in pretraining, or the nearest that the base has."""
    try:
        return model.control(DOCUMENT_END)
    except MicrotuneError:
        return model.control(END)


def _nats(model: NativeModel, ids: Sequence[int]) -> float | None:
    return None if len(ids) > model.n_ctx else served.nats(model, ids)


def summary(
    texts: Sequence[str], kinds: Sequence[str], by_side: Mapping[str, Sequence[float | None]]
) -> dict[str, Any]:
    """Bits per byte by group and side, over the texts that fit every side's context.

    With a first and a new base also the share of bits that the new one saves, with the 95 %
    interval of the paired bootstrap over texts.
    """
    fitting = [
        i for i in range(len(texts)) if all(side[i] is not None for side in by_side.values())
    ]
    rows = []
    for name, members in _groups(sorted({kinds[i] for i in fitting})):
        inside = [i for i in fitting if kinds[i] in members]
        if inside:
            rows.append({"texts": name, **_row(inside, texts, by_side)})
    return {"left_out": len(texts) - len(fitting), "rows": rows}


def _groups(kinds: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    yield "all", kinds
    yield from GROUPS.items()
    yield from ((f"… {kind}", (kind,)) for kind in kinds)


def _row(
    inside: Sequence[int], texts: Sequence[str], by_side: Mapping[str, Sequence[float | None]]
) -> dict[str, Any]:
    sizes = [len(texts[i].encode()) for i in inside]
    bits = {
        side: [(all_[i] or 0.0) / math.log(2) for i in inside] for side, all_ in by_side.items()
    }
    row: dict[str, Any] = {"count": len(inside), "bytes": sum(sizes)}
    row |= {side: sum(values) / sum(sizes) for side, values in bits.items()}
    if {"first", "new"} <= bits.keys():
        saved = [one - other for one, other in zip(bits["first"], bits["new"], strict=True)]
        interval = paired_interval(saved, sizes)
        row["saved"] = {key: value / row["first"] for key, value in asdict(interval).items()}
    return row
