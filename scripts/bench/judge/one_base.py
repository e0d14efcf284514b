"""All that is measured of one base through its engine: its drafts, and what it finds probable.

Real answers are measured as drafts are, so that each figure has something to stand beside.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from microtune_adapters.engine.llama import LlamaEngine

from .answering import answer_told_from_continuation, copied, own_message_helps, strangers
from .asked import KINDS, Asked
from .drafting import Draft, drafts
from .following import lengths, notes_kept, phrases_used
from .variety import distinct, repeats, words

Pairs = Sequence[tuple[Asked, str]]
BRIEFED = ("write", "reply", "continue")
SEED = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """`figures` of the drafts; `bare` are the drafts made without the brief's key phrases."""

    figures: dict[str, Any]
    drafts: list[Draft]
    bare: list[Draft]


def judged(
    base: Path, prompts: Sequence[Asked], threads: int, say: Callable[[str], None]
) -> Judged:
    """Draft every prompt, and those with key phrases once more without them; score the replies."""
    phrased = [asked for asked in prompts if asked.phrases]
    replies = of_kind(prompts, "reply")
    with closing(LlamaEngine(base, n_threads=threads)) as engine:
        say(f"{len(prompts)} drafts")
        made = drafts(engine, prompts)
        say(f"{len(phrased)} drafts without key phrases")
        bare = drafts(engine, [asked.without_about() for asked in phrased])
        say(f"likelihood of {len(replies)} answers")
        helped = own_message_helps(engine, replies, SEED)
        told = answer_told_from_continuation(engine, replies)
    figures = {
        **of_texts([(draft.asked, draft.text) for draft in made]),
        "stopped": {kind: stopped(made, kind) for kind in ("all", *KINDS)},
        "chance": by_chance(list(zip(phrased, [draft.text for draft in bare], strict=True)), made),
        "own_message_helps": asdict(helped),
        "answer_told_from_continuation": asdict(told),
    }
    return Judged(figures, made, bare)


def of_texts(pairs: Pairs) -> dict[str, Any]:
    """The figures that drafts and real answers have in common."""
    texts = [text for _, text in pairs]
    return {
        "words": sum(len(words(text)) for text in texts),
        "phrases_used": {
            kind: phrases_used(p for p in pairs if kind in ("all", p[0].kind))
            for kind in ("all", *BRIEFED)
        },
        "notes_kept": notes_kept(p for p in pairs if p[0].kind == "rewrite"),
        "lengths": lengths(pairs),
        "copied": asdict(copied(p for p in pairs if p[0].kind == "reply")),
        "distinct": {str(size): distinct(texts, size) for size in (1, 2, 3)},
        "repeats": repeats(texts),
    }


def by_chance(bare: Pairs, made: Sequence[Draft]) -> dict[str, Any]:
    """Key phrases that turn up unasked, and words that drafts share with another text's notes."""
    rewrites = [draft for draft in made if draft.asked.kind == "rewrite"]
    others = strangers([draft.asked for draft in rewrites], SEED)
    return {
        "phrases_used": {
            kind: phrases_used(p for p in bare if kind in ("all", p[0].kind))
            for kind in ("all", *BRIEFED)
        },
        "notes_kept": notes_kept(
            (other, draft.text) for other, draft in zip(others, rewrites, strict=True)
        ),
    }


def stopped(made: Sequence[Draft], kind: str) -> float | None:
    """The share of drafts of this kind (or of "all") that ended by themselves."""
    ends = [draft.stopped for draft in made if kind in ("all", draft.asked.kind)]
    return sum(ends) / len(ends) if ends else None


def of_kind(prompts: Sequence[Asked], kind: str) -> list[Asked]:
    return [asked for asked in prompts if asked.kind == kind]
