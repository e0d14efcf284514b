"""`microtune why`: which own passages a draft drew on, and what it has in common with them."""

from collections.abc import Iterator
from typing import Any

import click

from microtune import tracing
from microtune.drafts import Draft
from microtune.phrases import Phrase
from microtune.tracing import Origin, Part, Trace
from microtune_tui.citations import Citations, about, quotation
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

EXAMPLES = ("microtune why last", "microtune why 3f2a --sentence 2")
STATES = {
    "in use": "",
    "replaced": "; it was changed or moved since",
    "withdrawn": "; its source is none any more",
}


@click.command(epilog=example(*EXAMPLES))
@click.argument("draft")
@click.option("--sentence", type=click.IntRange(min=1), metavar="N", help="Only of this sentence.")
@click.option("--text", metavar="WORDS", help="Only of these words of the draft.")
@common
def why(wiring: Wiring, output: Output, draft: str, sentence: int | None, text: str | None) -> None:
    """Say which of your own texts a draft drew on.

    DRAFT is its id or the beginning of it, or `last`. For each passage: where it is from, and
    which words and phrases it has in common with the draft; and what was copied word for word.
    """
    if sentence is not None and text is not None:
        raise click.UsageError("Give --sentence or --text, not both.")
    with wiring.store() as store:
        chosen = tracing.find_draft(store, draft)
        trace = tracing.trace(store, chosen, _part(chosen, sentence, text))
        citations = Citations(store.sources.known())
    output.result(_facts(trace, citations), *_lines(trace, citations))


def _part(draft: Draft, sentence: int | None, text: str | None) -> Part:
    if sentence is not None:
        return tracing.sentence(draft, sentence)
    return tracing.whole(draft) if text is None else tracing.quoted(draft, text)


def _facts(trace: Trace, citations: Citations) -> dict[str, Any]:
    draft = trace.draft
    return {
        "draft": draft.id,
        "command": draft.command,
        "at": draft.at.isoformat() if draft.at else None,
        "base": draft.base,
        "adapter": draft.adapter,
        "text": trace.part.text,
        "start": trace.part.start,
        "end": trace.part.end,
        "retrieved": [_origin_facts(origin, citations) for origin in trace.origins],
        "phrases": [_phrase_facts(phrase) for phrase in trace.phrases],
        "copied": _phrase_facts(trace.copied) if trace.copied else None,
    }


def _origin_facts(origin: Origin, citations: Citations) -> dict[str, Any]:
    known = origin.state != "forgotten"
    return {
        "document": origin.document,
        "position": origin.position,
        "score": origin.score,
        "state": origin.state,
        "text": origin.passage,
        "where": citations.where(origin.source, origin.place) if known else None,
        "written": origin.written.isoformat() if origin.written else None,
        "recipients": list(origin.recipients),
        "subject": origin.subject,
        "asked": list(origin.asked),
        "common": [
            {
                "word": common.word,
                "stem": common.stem,
                "in_draft": common.in_draft,
                "in_passage": common.in_passage,
            }
            for common in origin.common
        ],
        "phrases": [_phrase_facts(phrase) for phrase in origin.phrases],
    }


def _phrase_facts(phrase: Phrase) -> dict[str, Any]:
    return {
        "text": phrase.text,
        "start": phrase.start,
        "end": phrase.end,
        "words": phrase.words,
        "document": phrase.document,
    }


def _lines(trace: Trace, citations: Citations) -> Iterator[str]:
    draft = trace.draft
    at = f", {draft.at.astimezone():%Y-%m-%d %H:%M}" if draft.at else ""
    yield f"Draft {draft.id} ({draft.command}{at}): {quotation(trace.part.text)}"
    if not trace.origins:
        yield "It drew on none of your texts."
    for number, origin in enumerate(trace.origins, 1):
        yield from _origin_lines(number, origin, citations)
    own = dict.fromkeys(" ".join(phrase.text.split()) for phrase in trace.phrases)
    if own:
        yield f"Phrases of yours: {', '.join(map(quotation, own))}."
    yield _copied(trace)


def _origin_lines(number: int, origin: Origin, citations: Citations) -> Iterator[str]:
    if origin.state == "forgotten":
        yield f"{number}. a text that was forgotten since; nothing of it is kept."
        return
    where = citations.where(origin.source, origin.place)
    yield f"{number}. {about(origin.written, origin.recipients, origin.subject)}"
    yield f"   {where}{STATES[origin.state]}"
    yield f"   {quotation(origin.passage)}"
    if origin.asked:
        yield f"   found for: {', '.join(origin.asked)}"
    words = ", ".join(common.word for common in origin.common)
    yield f"   in common: {words or 'no telling word'}"


def _copied(trace: Trace) -> str:
    if not trace.origins:
        return "So nothing was copied from them."
    if trace.copied is None:
        return "No three words in a row are copied from a text that it drew on."
    many = f"{trace.copied.words} words in a row"
    return f"Copied from a text that it drew on: at most {many}, {quotation(trace.copied.text)}."
