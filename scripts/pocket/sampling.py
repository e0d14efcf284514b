"""Samples for reading by eye: what a base answers to prompts made of held-out texts.

Prompts are drawn by a seed and samples are shown as they come, cut or not. Knows nothing of how
the base was trained.
"""

import html
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from microtune.contracts import Generated, Sampling, Turn
from microtune_adapters import prompts
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.prompts import Brief

from .corpus import Record
from .formats import chats

PASSAGES = "with passages of the same writer"
FORMATS = {  # the first line of a prompt → what it asks for
    prompts.write_turns(Brief())[-1].content.partition("\n")[0]: "write from a brief",
    prompts.reply_turns("", Brief())[-1].content.partition("\n")[0]: "answer a message",
    prompts.continue_turns("", Brief())[-1].content.partition("\n")[0]: "continue",
    prompts.rewrite_turns("", Brief())[-1].content.partition("\n")[0]: "rewrite",
}
ORDER = (*FORMATS.values(), PASSAGES)
STYLE = """body{max-width:46em;margin:2em auto;padding:0 1em;font:16px/1.5 serif}
pre{white-space:pre-wrap;font:13px/1.4 monospace;background:#8881;padding:.6em}
blockquote{white-space:pre-wrap;margin:0;border-left:3px solid #888;padding-left:1em}
small{color:#777}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt of one of the formats, and the kind of text that it was made of."""

    format: str
    kind: str
    turns: tuple[Turn, ...]

    @property
    def text(self) -> str:
        """What the model is given, without ChatML's marks."""
        return "\n\n".join(turn.content for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Sample:
    """An answer as it came. `finish` is "stop" or "length", see `contracts.Generated`."""

    asked: Asked
    seed: int
    text: str
    tokens: int
    finish: str


def asked(records: Sequence[Record], count: int, seed: int) -> list[Asked]:
    """`count` prompts, the formats in turn, each of another text; fewer where texts run out."""
    waiting = _by_format(records, random.Random(seed))
    wanted = cycle(ORDER)
    chosen: list[Asked] = []
    while len(chosen) < count and any(waiting.values()):
        if line := waiting[next(wanted)]:
            chosen.append(line.pop(0))
    return chosen


def _by_format(records: Sequence[Record], rng: random.Random) -> dict[str, list[Asked]]:
    """One chat of each record, in a drawn order."""
    made: dict[str, list[Asked]] = {name: [] for name in ORDER}
    for record in rng.sample(list(records), len(records)):
        drawn = list(chats(record, rng))
        if drawn:
            turns = tuple(rng.choice(drawn).turns)
            name = PASSAGES if len(turns) > 1 else FORMATS[turns[0].content.partition("\n")[0]]
            made[name].append(Asked(name, record.kind, turns))
    return made


def draw(gguf: Path, wanted: Sequence[Asked], seed: int = 1) -> Iterator[Sample]:
    """What the file answers with the product's own sampling, the first time it is asked."""
    engine = LlamaEngine(gguf)
    try:
        for number, one in enumerate(wanted):
            sampling, ends = Sampling(seed=seed + number), list[Generated]()
            text = "".join(engine.stream(one.turns, sampling, ends.append))
            yield Sample(one, sampling.seed, text.strip(), ends[0].tokens, ends[0].finish)
    finally:
        engine.close()


def markdown(samples: Sequence[Sample]) -> str:
    """The samples one below the other, for a model card."""
    return "\n\n".join(
        f"**{number}. {_title(sample)}**\n\n{_fenced(sample.asked.text)}\n\n{_quoted(sample.text)}"
        for number, sample in enumerate(samples, 1)
    )


def page(samples: Sequence[Sample], title: str) -> str:
    """The samples as one HTML page that needs no other file."""
    name = html.escape(title)
    parts = "\n".join(
        f"<h2>{number}. {html.escape(_title(sample))}</h2>\n"
        f"<pre>{html.escape(sample.asked.text)}</pre>\n"
        f"<blockquote>{html.escape(sample.text)}</blockquote>"
        for number, sample in enumerate(samples, 1)
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{name}</title>\n'
        f"<style>{STYLE}</style>\n<h1>{name}</h1>\n<p><small>Unedited; prompts of held-out texts, "
        f"drawn by seed.</small></p>\n{parts}\n</html>\n"
    )


def _title(sample: Sample) -> str:
    end = "stopped by itself" if sample.finish == "stop" else "cut"
    made_of = f"{sample.asked.format}, made of {sample.asked.kind}"
    return f"{made_of}; seed {sample.seed}, {end} after {sample.tokens} tokens"


def _fenced(text: str) -> str:
    """A code block that the text cannot end."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in (text or "(nothing)").splitlines())
