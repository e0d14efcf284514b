#!/usr/bin/env python3
"""Measures a pretrained pocket and writes its model card beside the GGUF.

    python scripts/pocket_card.py --data CORPUS --work DIR --gguf pocket.gguf --machine "2 cores"

CORPUS and DIR are those of `pretrain_pocket.py`; the samples come from the exported file itself.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from pocket.card import Facts, card
from pocket.corpus import heldout
from pocket.facts import PreparedData, kept_forms
from pocket.heldout import bits_per_byte
from pocket.sampling import asked, draw
from pocket.tokens import codec, load_tokenizer
from pocket.work import size_of, trained_model

from microtune_adapters.gguf_inspect import inspect_base

SAMPLES = 10


def facts(options: argparse.Namespace) -> Facts:
    import torch

    base, model = inspect_base(options.gguf), trained_model(options.work)
    steps = int(torch.load(options.work / "checkpoint.pt", map_location="cpu")["step"])
    chat = codec(load_tokenizer(options.work / "tokenizer.json"))
    records = heldout(options.data)
    batch = options.batch or size_of(options.work).batch
    return Facts(
        date=datetime.now(UTC).date().isoformat(),
        parameters=base.parameters,
        shape=model.shape.to_dict(),
        quantisation=base.quantisation,
        bytes=base.bytes,
        sha256=base.sha256,
        steps=steps,
        tokens=steps * batch * model.shape.context,
        bits=bits_per_byte(model, records, chat.encode, 0),
        prepared=PreparedData.read(options.work),
        forms=kept_forms(options.work),
        samples=list(draw(options.gguf, asked(records, options.samples, options.seed))),
        machine=options.machine,
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name in ("data", "work", "gguf"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--batch", type=int, help="windows a step, if training was told another")
    options.add_argument("--machine", default="a CPU")
    options.add_argument("--samples", type=int, default=SAMPLES)
    options.add_argument("--seed", type=int, default=1, help="draws the samples' prompts")
    given = options.parse_args()
    given.gguf.with_suffix(".md").write_text(card(facts(given)), "utf-8")


if __name__ == "__main__":
    main()
