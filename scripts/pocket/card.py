"""Writes pocket's model card from what was measured: no figure in it is typed by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .facts import PreparedData
from .quantise import Form, table
from .sampling import Sample, markdown


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card states. `bits` is kind of text → held-out bits per byte; `forms` are the
    quantisations that were measured, none or the unquantised one first."""

    date: str
    parameters: int
    shape: Mapping[str, object]
    quantisation: str
    bytes: int
    sha256: str
    steps: int
    tokens: int
    bits: Mapping[str, float]
    prepared: PreparedData
    forms: Sequence[Form]
    samples: Sequence[Sample]
    machine: str


def card(facts: Facts) -> str:
    """The model card as Markdown."""
    parts = (_head(facts), _use(), _bits(facts), _forms(facts), _data(facts), _samples(facts))
    return "\n\n".join(part for part in (*parts, _limits()) if part) + "\n"


def _head(facts: Facts) -> str:
    s = facts.shape
    heads = f"{s['heads']} heads, {s['kv_heads']} of them with keys and values"
    return f"""# pocket

The base model that comes with microtune: {facts.parameters / 1e6:.2f} M parameters, trained from
scratch by `scripts/pretrain_pocket.py` on {facts.tokens / 1e6:.1f} M tokens ({facts.steps} steps)
on {facts.machine}, {facts.date}.

| | |
|---|---|
| file | `pocket.gguf`, {facts.quantisation}, {facts.bytes / 1e6:.1f} MB, SHA-256 `{facts.sha256}` |
| architecture | Llama: {s["layers"]} layers, width {s["hidden"]}, inner {s["inner"]}, {heads}, \
tied embeddings |
| context | {s["context"]} tokens |
| tokenizer | byte-level BPE, {s["vocabulary"]} entries |
| chat format | ChatML, the prompts of `microtune_adapters.prompts` |
| licence of the weights | CC-BY-SA-4.0, the strictest of the licences of its texts |"""


def _use() -> str:
    return """## Intended use

It is there so that all of microtune runs anywhere and offline: adapters train on it in about a
minute on two CPU cores, and every measurement is a real one. **It is a very small model, and its
drafts are those of a very small model**: English in the shape of letters, with little sense. For
drafts to send, choose a larger base with `microtune init --base FILE.gguf`."""


def _bits(facts: Facts) -> str:
    rows = "\n".join(f"| {kind} | {value:.3f} |" for kind, value in facts.bits.items())
    return f"""## Held-out bits per byte

Of texts that are not in the training data, cut to 3,000 characters; lower is better.

| kind | bits per byte |
|---|---:|
{rows}"""


def _forms(facts: Facts) -> str:
    if not facts.forms:
        return ""
    return f"""## Quantisations

Each made of the same weights by llama.cpp and measured in it, on a sample of the held-out texts.

{table(facts.forms)}"""


def _data(facts: Facts) -> str:
    data = facts.prepared
    rows = "\n".join(
        f"| {one.source} | {one.kind} | {one.license} | {one.share:.1%} |" for one in data.shares
    )
    return f"""## Data

{data.tokens / 1e6:.1f} M tokens of openly licensed texts; records without a stated licence are
left out. {data.chat_share:.0%} of the tokens are chats made of the same texts (write from a brief,
answer, continue, rewrite, some with retrieved passages), the others plain text.

{_unseen(data)}

| source | kind | licence | share of tokens |
|---|---|---|---:|
{rows}"""


def _unseen(data: PreparedData) -> str:
    """How writing of the people whom microtune is measured on was kept out."""
    count = sum(data.left_out.values())
    if not count:
        return "No record was left out for holding writing of known people."
    where = ", ".join(f"{source} {n}" for source, n in sorted(data.left_out.items()))
    return (
        "Records that share about twelve words in a row with a text of the people whom microtune "
        f"is measured on were left out ({count}: {where}); `scripts/pocket/overlap.py` finds them."
    )


def _samples(facts: Facts) -> str:
    return f"""## Unedited samples

Prompts are made of held-out texts and drawn by seed; each was asked once, with the sampling that
microtune drafts with.

{markdown(facts.samples)}"""


def _limits() -> str:
    return """## Limits

English only. It states things that are not so, in the manner of its sources; it knows no facts
that one should rely on. It follows a brief loosely and sometimes not at all."""
