"""`microtune ask`: a question about one's own writing, answered with quotes from it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from microtune import asking
from microtune.asking import Answer, Answers
from microtune.errors import MicrotuneError
from microtune_tui.citations import Citations, about, quotation
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example('microtune ask "what did I promise Tom about the lease?"'))
@click.argument("question")
@click.option(
    "--limit", type=click.IntRange(1, 50), default=3, metavar="N", help="How many quotes, at most."
)
@common
def ask(wiring: Wiring, output: Output, question: str, limit: int) -> None:
    """Find what you once wrote.

    The answer is quotes of your own texts with their sources, or that nothing was found; no model
    writes it. Names must be met, and so must a time ("in March 2001", "last year").
    """
    if not question.strip():
        raise MicrotuneError("there is nothing to look for", "Ask in a few words.")
    with wiring.store() as store:
        if not store.documents.count():
            raise MicrotuneError(
                "none of your texts is collected yet",
                "Run `microtune sources add PATH`, then `microtune collect`.",
            )
        found = asking.ask(store, question, limit)
        citations = Citations(store.sources.known())
    facts = {
        "question": question,
        "answers": [_facts(answer, citations) for answer in found.answers],
        "unknown": list(found.unknown),
    }
    output.result(facts, *_lines(found, citations))


def _facts(answer: Answer, citations: Citations) -> dict[str, Any]:
    where = citations.where(answer.source, answer.place)
    written = answer.written.isoformat() if answer.written else None
    return {**asdict(answer), "where": where, "written": written}


def _lines(found: Answers, citations: Citations) -> Iterator[str]:
    for number, answer in enumerate(found.answers, 1):
        yield f"{number}. {quotation(answer.quote)}"
        yield f"   {about(answer.written, answer.recipients, answer.subject)}"
        yield f"   {citations.where(answer.source, answer.place)}"
        if answer.in_answer_to:
            yield f"   in answer to: {quotation(answer.in_answer_to)}"
        yield f"   by: {', '.join(dict.fromkeys(match.word for match in answer.matches))}"
    if not found.answers:
        yield "Nothing found."
        if found.unknown:
            yield f"Nowhere in your texts: {', '.join(found.unknown)}."
