#!/usr/bin/env python3
"""Judges one base or two side by side on held-out texts: likelihood, drafts, grammar, speed.

    python scripts/bench/pocket.py --data CORPUS --first OLD.gguf --new NEW.gguf --json OUT.json

CORPUS is that of `pretrain_pocket.py`; only its openly licensed `heldout.jsonl` records are read.
Any two ChatML bases in GGUF will do, of whatever tokenizers: everything goes through llama.cpp.
With --json the drafts themselves are kept too. Needs no network.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `pocket` is the package there

from judge import bits, drafting, grammar_rows, one_base, speed
from judge.asked import KINDS, asked
from judge.tables import markdown
from pocket.corpus import Record, heldout
from pocket.formats import chats
from report import add_docs_option, publish

from microtune.contracts import Sampling
from microtune.errors import MicrotuneError
from microtune_adapters.engine.defaults import threads as default_threads
from microtune_adapters.gguf_inspect import inspect_base

SEED = 1


def main() -> None:
    options = parsed()
    bases = {s: p for s, p in (("first", options.first), ("new", options.new)) if p is not None}
    if options.json:
        options.json.touch()  # better now than after the last draft
    records = heldout(options.data)
    if not records:
        sys.exit(f"{options.data} has no openly licensed held-out texts. Check --data.")
    try:
        result, kept = judged(bases, records, options)
    except MicrotuneError as error:
        sys.exit(str(error))
    if options.json:
        whole = json.dumps({**result, "kept": kept}, indent=1, ensure_ascii=False)
        options.json.write_text(whole, "utf-8")
    publish("pocket", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, metavar="CORPUS")
    parser.add_argument("--first", type=Path, metavar="OLD.gguf", help="left out: --new alone")
    parser.add_argument("--new", type=Path, required=True, metavar="NEW.gguf")
    parser.add_argument("--prompts", type=int, default=200, help="of each kind, at most")
    parser.add_argument("--limit", type=int, metavar="N", help="bits per byte of N texts only")
    parser.add_argument("--threads", type=int, help="but for the speeds (as the engine chooses)")
    parser.add_argument("--rounds", type=int, default=speed.ROUNDS, help="of the speeds; 0: none")
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="figures and all drafts")
    add_docs_option(parser)
    return parser.parse_args()


def judged(
    bases: dict[str, Path], records: list[Record], options: argparse.Namespace
) -> tuple[dict[str, Any], dict[str, Any]]:
    """All figures; and the drafts they were taken from, for reading."""
    described = {side: about(path, records) for side, path in bases.items()}
    prompts = asked(records, chats, options.prompts, SEED)
    likelihood = bits_per_byte(bases, spread(records, options.limit), options)
    sides = {
        side: one_base.judged(path, prompts, threads(path, options), told(side))
        for side, path in bases.items()
    }
    texts = {side: [draft.text for draft in one.drafts] for side, one in sides.items()}
    result = {
        "bases": described,
        "prompts": {kind: len(one_base.of_kind(prompts, kind)) for kind in KINDS},
        "sampling": sampling(),
        "bits_per_byte": likelihood,
        "real": one_base.of_texts([(one, one.answer) for one in prompts]),
        "drafts": {side: one.figures for side, one in sides.items()},
        "grammar": grammar_rows.figures([one.answer for one in prompts], texts),
        "speeds": speeds(bases, records, options.rounds),
    }
    return result, {side: kept(one) for side, one in sides.items()}


def bits_per_byte(
    bases: dict[str, Path], records: list[Record], options: argparse.Namespace
) -> dict[str, Any]:
    from pocket.heldout import CHARACTERS

    texts = [record.text[:CHARACTERS] for record in records]
    by_side = {}
    for side, path in bases.items():
        told(side)(f"bits per byte of {len(texts)} texts")
        by_side[side] = bits.nats(path, texts, threads(path, options))
    return {
        "characters": CHARACTERS,
        **bits.summary(texts, [record.kind for record in records], by_side),
    }


def spread(records: list[Record], most: int | None) -> list[Record]:
    """At most so many of the records, evenly spread over them."""
    if most is None or len(records) <= most:
        return records
    return [records[i * len(records) // most] for i in range(most)]


def about(base: Path, records: list[Record]) -> dict[str, Any]:
    info = inspect_base(base)
    sample = "\n".join(record.text[:1000] for record in records)
    model = bits.opened(base, 1)
    try:
        tokens = len(model.tokenise(sample))
    finally:
        model.close()
    return {
        "sha256": info.sha256,
        "parameters": info.parameters,
        "bytes": info.bytes,
        "context": info.context_length,
        "bytes_a_token": len(sample.encode()) / tokens,
    }


def sampling() -> dict[str, Any]:
    """What is drawn with, but for what differs between drafts."""
    fixed = {k: v for k, v in asdict(Sampling()).items() if k not in ("seed", "max_tokens", "stop")}
    return {
        **fixed,
        "least_tokens": drafting.LEAST_TOKENS,
        "tokens_for_a_word": drafting.TOKENS_FOR_A_WORD,
    }


def speeds(bases: dict[str, Path], records: list[Record], rounds: int) -> list[dict[str, Any]]:
    """With one thread and with two, reading the longest text's beginning and going on from it."""
    longest = max((record.text for record in records), key=len)[:20_000]
    return [speed.speeds(bases, longest, number, rounds) for number in (1, 2) if rounds]


def kept(one: one_base.Judged) -> dict[str, Any]:
    """Every prompt with its real answer and what the base made of it."""
    return {
        "drafts": [draft.to_dict() for draft in one.drafts],
        "without_key_phrases": [draft.to_dict() for draft in one.bare],
    }


def threads(base: Path, options: argparse.Namespace) -> int:
    return int(options.threads or default_threads(base.stat().st_size))


def told(side: str) -> Callable[[str], None]:
    """Says on standard error what a base is busy with."""
    return lambda what: print(f"{side}: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
