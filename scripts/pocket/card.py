"""Writes pocket's model card from what was measured: no figure in it is typed by hand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .corpus import PASSES, read, training_files


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card states. `bits` is kind of text → held-out bits per byte."""

    date: str
    parameters: int
    shape: Mapping[str, object]
    bytes: int
    sha256: str
    steps: int
    tokens: int
    bits: Mapping[str, float]
    shares: Sequence[tuple[str, str, str, float]]
    samples: Sequence[tuple[str, str]]
    machine: str


def source_shares(data: Path) -> list[tuple[str, str, str, float]]:
    """(source, kind, licence, share of the mix's bytes), the largest first."""
    sizes: Counter[tuple[str, str, str]] = Counter()
    for path in training_files(data):
        for record in read(path):
            times = PASSES.get(record.kind, 1.0)
            sizes[record.source, record.kind, record.license] += int(
                times * len(record.text.encode())
            )
    total = sum(sizes.values())
    return [(*key, size / total) for key, size in sizes.most_common()]


def card(facts: Facts) -> str:
    """The model card as Markdown."""
    s = facts.shape
    bits = "\n".join(f"| {kind} | {value:.3f} |" for kind, value in facts.bits.items())
    shares = "\n".join(f"| {a} | {b} | {c} | {d:.1%} |" for a, b, c, d in facts.shares)
    samples = "\n\n".join(f"**{ask}**\n\n{_quoted(text)}" for ask, text in facts.samples)
    return f"""# pocket

The base model that comes with microtune: {facts.parameters / 1e6:.2f} M parameters, trained from
scratch by `scripts/pretrain_pocket.py` on {facts.tokens / 1e6:.1f} M tokens ({facts.steps} steps)
on {facts.machine}, {facts.date}.

It is there so that all of microtune runs anywhere and offline: adapters train on it in about a
minute on two CPU cores, and every measurement is a real one. **It is a very small model, and its
drafts are those of a very small model**: English in the shape of letters, with little sense. For
drafts to send, choose a larger base with `microtune init --base FILE.gguf`.

| | |
|---|---|
| file | `pocket.gguf`, Q8_0, {facts.bytes / 1e6:.1f} MB, SHA-256 `{facts.sha256}` |
| architecture | Llama: {s["layers"]} layers, width {s["hidden"]}, inner {s["inner"]}, \
{s["heads"]} heads, {s["kv_heads"]} key-value head, tied embeddings |
| context | {s["context"]} tokens |
| tokenizer | byte-level BPE, {s["vocabulary"]} entries |
| chat format | ChatML, the prompts of `microtune_adapters.prompts` |
| licence of the weights | CC-BY-SA-4.0, the strictest of the licences of its texts |

## Held-out bits per byte

Of texts that are not in the training data, cut to 3,000 characters; lower is better.

| kind | bits per byte |
|---|---:|
{bits}

## Data

Openly licensed texts only; records without a stated licence are left out. Shares are of the mix's
bytes. Four records in ten went in as chats made of the same texts (write from a brief, answer,
continue, rewrite), the others as plain text.

| source | kind | licence | share |
|---|---|---|---:|
{shares}

## Unedited samples

{samples}

## Limits

English only. It states things that are not so, in the manner of its sources; it knows no facts
that one should rely on. It follows a brief loosely and sometimes not at all.
"""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
