#!/usr/bin/env python3
"""Measures a pretrained pocket and writes its model card beside the GGUF.

    python scripts/pocket_card.py --data CORPUS --work DIR --gguf pocket.gguf --machine "2 cores"

CORPUS and DIR are those of `pretrain_pocket.py`; the samples come from the exported file itself.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from pocket.card import Facts, card, source_shares
from pocket.corpus import heldout
from pocket.heldout import bits_per_byte
from pocket.tokens import codec, load_tokenizer
from pretrain_pocket import trained_model

from microtune.contracts import Sampling, Turn
from microtune_adapters import prompts
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.prompts import Brief

MESSAGE = "Could you send me the minutes of yesterday's meeting? I was ill and missed it."
ASKED: tuple[tuple[str, list[Turn]], ...] = (
    (
        "Write: thank them for the visit; to Ana",
        prompts.write_turns(Brief("thank them for the visit", to="Ana", words=50)),
    ),
    (
        "Write: garden; rain; old house",
        prompts.write_turns(Brief("garden; rain; old house", words=80)),
    ),
    (
        "Write: bug in the new release; subject: Release",
        prompts.write_turns(Brief("bug in the new release", subject="Release", words=50)),
    ),
    (f"Answer: {MESSAGE}", prompts.reply_turns(MESSAGE, Brief(words=30))),
    (
        "Continue: The train was late again, and",
        prompts.continue_turns("The train was late again, and", Brief(words=50)),
    ),
    (
        "Rewrite: meeting moved tuesday. bring report. sorry late notice.",
        prompts.rewrite_turns("meeting moved tuesday. bring report. sorry late notice.", Brief()),
    ),
)


def samples(gguf: Path) -> list[tuple[str, str]]:
    """What the file answers to each of `ASKED`, seed 1, the first time it is asked."""
    engine = LlamaEngine(gguf)
    try:
        sampling = Sampling(seed=1, max_tokens=160)
        return [
            (name, "".join(engine.stream(turns, sampling, lambda _: None)).strip())
            for name, turns in ASKED
        ]
    finally:
        engine.close()


def facts(options: argparse.Namespace) -> Facts:
    import torch

    base, model = inspect_base(options.gguf), trained_model(options.work)
    steps = int(torch.load(options.work / "checkpoint.pt", map_location="cpu")["step"])
    chat = codec(load_tokenizer(options.work / "tokenizer.json"))
    return Facts(
        date=datetime.now(UTC).date().isoformat(),
        parameters=base.parameters,
        shape=model.shape.to_dict(),
        bytes=base.bytes,
        sha256=base.sha256,
        steps=steps,
        tokens=steps * options.batch * model.shape.context,
        bits=bits_per_byte(model, heldout(options.data), chat.encode, 0),
        shares=source_shares(options.data),
        samples=samples(options.gguf),
        machine=options.machine,
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name in ("data", "work", "gguf"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--batch", type=int, default=8, help="windows a step, as in training")
    options.add_argument("--machine", default="a CPU")
    given = options.parse_args()
    given.gguf.with_suffix(".md").write_text(card(facts(given)), "utf-8")


if __name__ == "__main__":
    main()
