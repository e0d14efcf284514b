"""`microtune write`, `reply` and `rewrite`: drafts on standard output, as they are made."""

from typing import Any

import click

from microtune.contracts import Sampling
from microtune.drafts import Draft
from microtune.messages import Message
from microtune.store import Store
from microtune_adapters.drafting import Drafter, Request, most_tokens
from microtune_tui import answering
from microtune_tui.given_texts import could_be_id, message_to_answer, text_to_rewrite
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

_adapter = click.option(
    "--adapter", metavar="ID|none", help="This one instead of the active one; none: the bare base."
)
_seed = click.option("--seed", type=int, default=0, help="Another number gives another draft.")
_length = click.option(
    "--length",
    "words",
    type=click.IntRange(5, 400),
    metavar="WORDS",
    callback=lambda context, parameter, words: words or 0,
    help="How long it should be, about.",
)


@click.command(epilog=example('microtune write "Thank Ana for the visit" --to Ana --length 50'))
@click.argument("brief")
@click.option("--to", default="", help="Whom it goes to.")
@click.option("--subject", default="", help="What stands above it.")
@_length
@_adapter
@_seed
@common
def write(
    wiring: Wiring,
    output: Output,
    brief: str,
    adapter: str | None,
    seed: int,
    **about: Any,
) -> None:
    """Draft a text in your voice from a brief."""
    _draft(wiring, output, Request("write", about=brief, **about), adapter, seed)


@click.command(
    epilog=example(
        'microtune reply message.eml --about "yes, but not on Monday"', "microtune reply 3f2a9c81"
    )
)
@click.argument("message", metavar="FILE.eml|ID|-")
@click.option("--about", default="", help="What the answer should say.")
@_length
@_adapter
@_seed
@common
def reply(
    wiring: Wiring,
    output: Output,
    message: str,
    about: str,
    words: int,
    adapter: str | None,
    seed: int,
) -> None:
    """Draft an answer to a mail message.

    One from a file, or one that `microtune today` lists, by its ID.
    """
    if could_be_id(message):
        with wiring.store() as store:
            kept = store.received.get(message)
        _draft(wiring, output, answering.request_for(kept, about, words), adapter, seed, kept)
        return
    given = message_to_answer(message)
    request = Request("reply", about, given.text, given.sender, given.subject, words)
    _draft(wiring, output, request, adapter, seed)


@click.command(epilog=example("microtune rewrite notes.txt", "pbpaste | microtune rewrite -"))
@click.argument("file", metavar="FILE|-")
@_adapter
@_seed
@common
def rewrite(wiring: Wiring, output: Output, file: str, adapter: str | None, seed: int) -> None:
    """Say what a text says in your voice.

    Only its content words are handed to the model, so that its own voice is not copied.
    """
    request = Request("rewrite", text=text_to_rewrite(file))
    _draft(wiring, output, request, adapter, seed)


def _draft(
    wiring: Wiring,
    output: Output,
    request: Request,
    adapter: str | None,
    seed: int,
    answers: Message | None = None,
) -> None:
    """Stream the draft as it comes; with --json it is printed whole at the end."""
    length = request.words or len(request.text.split()) * (request.command == "rewrite")
    sampling = Sampling(seed=seed, max_tokens=most_tokens(length))
    base = wiring.settings().base_name
    with wiring.store() as store, wiring.serving() as engine:
        drafter = Drafter(engine, wiring.library, store.retrieval)
        chosen = drafter.choose(adapter)
        made = drafter.draft(request, chosen, sampling, output.stream)
        draft = answering.record(store, made, answers) if answers else store.drafts.record(made)
        interests = _interests(store, request)
    output.result({**_facts(draft, base), "interests": interests}, "")


def _interests(store: Store, request: Request) -> list[dict[str, str]]:
    """Pages that the person read about this. Others' words: the model never sees them."""
    found = store.retrieval.interests(request.query())
    return [{"title": p.text, "host": store.documents.get(p.document).subject} for p in found]


def _facts(draft: Draft, base: str) -> dict[str, Any]:
    return {
        "draft": draft.id,
        "text": draft.text,
        "adapter": draft.adapter,
        "base": base,
        "retrieved": [
            {"document": p.document, "position": p.position, "score": p.score, "text": p.text}
            for p in draft.retrieved
        ],
        "tokens": draft.generated.tokens,
        "first_token_ms": round(draft.generated.first_token_ms, 1),
        "tokens_per_s": round(draft.generated.tokens_per_s, 1),
        "finish": draft.generated.finish,
        "seed": draft.sampling.seed,
    }
