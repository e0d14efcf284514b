"""`microtune write`, `reply` and `rewrite`: drafts on standard output, as they are made."""

import sys
from pathlib import Path
from typing import Any

import click

from microtune.contracts import Sampling
from microtune.errors import MicrotuneError
from microtune_adapters.drafting import Drafter, Request, most_tokens
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

_adapter = click.option("--adapter", metavar="ID|none", help="Another than the active one.")
_seed = click.option("--seed", type=int, default=0, show_default=True)
_length = click.option("--length", "words", type=click.IntRange(5, 400), metavar="WORDS")


@click.command(epilog=example('microtune write "Thank Ana for the visit" --to Ana --length 50'))
@click.argument("brief")
@click.option("--to", default="", help="Whom it goes to.")
@click.option("--subject", default="")
@_length
@_adapter
@_seed
@common
def write(
    wiring: Wiring,
    output: Output,
    brief: str,
    to: str,
    subject: str,
    words: int | None,
    adapter: str | None,
    seed: int,
) -> None:
    """Draft a text in your voice from a brief."""
    request = Request("write", about=brief, to=to, subject=subject, words=words or 0)
    _draft(wiring, output, request, adapter, seed)


@click.command(epilog=example('microtune reply message.eml --about "yes, but not on Monday"'))
@click.argument("file", metavar="FILE.eml")
@click.option("--about", default="", help="What the answer should say.")
@_length
@_adapter
@_seed
@common
def reply(
    wiring: Wiring,
    output: Output,
    file: str,
    about: str,
    words: int | None,
    adapter: str | None,
    seed: int,
) -> None:
    """Draft an answer to a mail message."""
    from microtune_collectors.received import read_received

    message = read_received(_read(file))
    if not message.text.strip():
        raise MicrotuneError(f"{file} holds no text to answer", "Choose another message.")
    request = Request("reply", about, message.text, message.sender, message.subject, words or 0)
    _draft(wiring, output, request, adapter, seed)


@click.command(epilog=example("microtune rewrite notes.txt", "pbpaste | microtune rewrite -"))
@click.argument("file", metavar="FILE|-")
@_adapter
@_seed
@common
def rewrite(wiring: Wiring, output: Output, file: str, adapter: str | None, seed: int) -> None:
    """Say what a text says in your voice. Only its content words are handed to the model."""
    text = _read(file).decode("utf-8", "replace").strip()
    if not text:
        raise MicrotuneError(f"{file} holds no text", "Give a file with the text to rewrite.")
    _draft(wiring, output, Request("rewrite", text=text), adapter, seed)


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).expanduser().read_bytes()
    except OSError as error:
        raise MicrotuneError(
            f"cannot read {file} ({error.strerror})", "Check the path, or use - for standard input."
        ) from error


def _draft(
    wiring: Wiring, output: Output, request: Request, adapter: str | None, seed: int
) -> None:
    with wiring.store() as store, wiring.serving() as engine:
        drafter = Drafter(engine, wiring.library, store.retrieval)
        chosen = drafter.choose(adapter)
        length = request.words or len(request.text.split()) * (request.command == "rewrite")
        sampling = Sampling(seed=seed, max_tokens=most_tokens(length))
        draft = store.drafts.record(
            drafter.draft(request, chosen, sampling, _ignored if output.as_json else _stream)
        )
    output.result(_facts(draft, wiring.settings().base_name), "")


def _stream(piece: str) -> None:
    click.echo(piece, nl=False)


def _ignored(piece: str) -> None:
    """With --json the text is printed whole at the end."""


def _facts(draft: Any, base: str) -> dict[str, Any]:
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
