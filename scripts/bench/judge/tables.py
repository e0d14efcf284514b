"""The verdict on bases in Markdown, side by side. Computes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from report import table

from .answering import COPIED_WORDS
from .asked import KINDS
from .following import NEAR
from .one_base import BRIEFED

ANSWERING = {
    "own_message_helps": "own message helps",
    "answer_told_from_continuation": "answer told from continuation",
    "copied": f"copies {COPIED_WORDS} words or more",
}

Figures = Mapping[str, Any]


def markdown(result: Figures) -> str:
    parts = [_bases(result), _bits(result), _drafts(result), _grammar(result)]
    if result["speeds"]:
        parts.append(_speeds(result))
    return "\n\n".join(parts)


def _bases(result: Figures) -> str:
    head = ["base", "parameters, M", "file, MB", "context", "bytes a token", "SHA-256"]
    rows = [
        [
            side,
            f"{base['parameters'] / 1e6:.1f}",
            f"{base['bytes'] / 1e6:.1f}",
            base["context"],
            f"{base['bytes_a_token']:.2f}",
            base["sha256"][:12],
        ]
        for side, base in result["bases"].items()
    ]
    return table(head, rows)


def _bits(result: Figures) -> str:
    bits, sides = result["bits_per_byte"], list(result["bases"])
    saved = [] if len(sides) < 2 else ["bits saved", "95 % interval"]
    rows = []
    for row in bits["rows"]:
        cells = [row["texts"], row["count"], *(f"{row[side]:.3f}" for side in sides)]
        if saved:
            s = row["saved"]
            cells += [f"{s['mean']:.1%}", f"{s['low']:.1%} to {s['high']:.1%}"]
        rows.append(cells)
    return (
        f"Held-out bits per byte; texts cut to {bits['characters']} characters. Essays are blog, "
        "literature and speech; technical are docs, gov and handbook; spoken are conversation and "
        f"minutes. {bits['left_out']} texts longer than a context are left out for all.\n\n"
        + table(["held-out texts", "texts", *sides, *saved], rows)
    )


def _drafts(result: Figures) -> str:
    sides = list(result["bases"])
    head = ["drafts", "real text", *sides, *(f"chance, {side}" for side in sides)]
    s = result["sampling"]
    counts = ", ".join(f"{number} {kind}" for kind, number in result["prompts"].items())
    return (
        f"Drafts of held-out prompts: {counts}. Sampling as in the product: temperature "
        f"{s['temperature']}, top-p {s['top_p']}, min-p {s['min_p']}, repeat penalty "
        f"{s['repeat_penalty']}; the seed is the prompt's number; cut at {s['tokens_for_a_word']} "
        f"tokens for each word wanted, but not before {s['least_tokens']}.\n\n"
        + table(head, _draft_rows(result, sides))
    )


def _draft_rows(result: Figures, sides: list[str]) -> Iterator[list[str]]:
    drafts = [result["drafts"][side] for side in sides]
    columns = [result["real"], *drafts, *(figures["chance"] for figures in drafts)]

    def row(name: str, path: Sequence[str], show: str = ".1%") -> list[str]:
        return [name, *(_cell(figures, path, show) for figures in columns)]

    for kind in ("all", *KINDS):
        yield row(f"stops by itself, {kind}", ("stopped", kind))
    for kind in ("all", *BRIEFED):
        yield row(f"key phrases used, {kind}", ("phrases_used", kind))
    yield row("rewrite: notes' words kept", ("notes_kept",))
    yield row("length, times what was asked", ("lengths", "median"), ".2f")
    yield row(f"length within {NEAR} ×", ("lengths", "near"))
    for key, what in ANSWERING.items():
        yield row(f"reply: {what} ({drafts[0][key]['of']})", (key, "share"))
    for size in "123":
        yield row(f"distinct-{size} of 1,000", ("distinct", size), ".0f")
    yield row("longest repeated run, words, mean", ("repeats", "mean"), ".2f")
    yield row("longest repeated run, largest", ("repeats", "longest"), ".0f")


def _grammar(result: Figures) -> str:
    grammar = result["grammar"]
    if grammar["checker"] is None:
        return "Grammar was not checked: `link-parser` (Link Grammar) is not installed."
    rows = [
        [side, grammar["sentences"][side], f"{share:.1%}"]
        for side, share in grammar["parsed"].items()
        if share is not None
    ]
    return (
        f"Sentences that {grammar['checker']} parses whole, of 5 to 25 words, each length weighted "
        "as in real text:\n\n" + table(["sentences of", "sentences", "parsed"], rows)
    )


def _speeds(result: Figures) -> str:
    sides = list(result["bases"])
    ratio = [] if len(sides) < 2 else ["first / new"]
    rows = []
    for speed in result["speeds"]:
        for name in ("read", "decoded"):
            of = speed[name]
            what = "reading a prompt" if name == "read" else "drafting"
            cells = [what, speed["threads"], *(f"{of[side]:.0f}" for side in sides)]
            rows.append([*cells, *(f"{of['ratio']:.2f}" for _ in ratio), speed["load"]])
    return "Tokens a second in llama.cpp, the bases in turns:\n\n" + table(
        ["tokens/s", "threads", *sides, *ratio, "load before"], rows
    )


def _cell(figures: Figures, path: Sequence[str], show: str) -> str:
    """The figure at `path` in the format `show`; blank where there is none."""
    value: Any = figures
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return "" if value is None else format(value, show)
