#!/usr/bin/env python3
"""Trains pocket, microtune's embedded base model, from raw text to one GGUF.

    python scripts/pretrain_pocket.py prepare  --data CORPUS --work WORK [--size small|large]
    python scripts/pretrain_pocket.py train    --work WORK               (again: resumes)
    python scripts/pretrain_pocket.py measure  --data CORPUS --work WORK
    python scripts/pretrain_pocket.py export   --work WORK --out pocket.gguf
    python scripts/pretrain_pocket.py samples  --data CORPUS --gguf pocket.gguf --out samples.html
    python scripts/pretrain_pocket.py quantise --data CORPUS --work WORK
    python scripts/pretrain_pocket.py split    --work WORK --out PIECES [--weights]
    python scripts/pretrain_pocket.py join     --from PIECES --work WORK

CORPUS holds `part-*.jsonl[.xz]` and `heldout.jsonl[.xz]`: one JSON object a line with
`source`, `license`, `kind` and `text`. Records whose licence begins with "none" are left out, and
with `--without PEOPLE` those that hold writing of the people in that folder's sub-folders.
docs/pocket.md tells it step by step. `train`, `split` and `join` need torch and numpy alone.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pocket.work import shape_of, size_of, trained_model

from microtune.errors import MicrotuneError

SIZES = ("small", "large")
PARTS = ("vocabulary", "hidden", "layers", "context")  # of a shape, to be asked for


def prepare(options: argparse.Namespace) -> None:
    from pocket.sizes import SIZES
    from pocket.tokens import prepare

    parts = {part: getattr(options, part) for part in PARTS if getattr(options, part)}
    if "hidden" in parts:
        parts["inner"] = 3 * parts["hidden"]
    shape = replace(SIZES[options.size].shape, **parts)
    options.work.mkdir(parents=True, exist_ok=True)
    (options.work / "shape.json").write_text(json.dumps(shape.to_dict()))
    made = prepare(
        options.data,
        options.work,
        vocabulary=shape.vocabulary,
        seed=options.seed,
        fraction=options.fraction,
        without=options.without,
    )
    left_out = sum(made.left_out.values())
    tell({"tokens": made.tokens, "chats": made.chat_tokens, "left_out": left_out})


def train(options: argparse.Namespace) -> None:
    from pocket.training import Plan, Pretraining

    size = size_of(options.work)
    plan = Plan(
        steps=options.steps or size.steps,
        batch=options.batch or size.batch,
        micro=options.micro or size.micro,
        matrix_rate=size.matrix_rate,
        embedding_rate=size.embedding_rate,
        seed=options.seed,
        precision=options.precision,
        compiled=options.compile,
    )
    pretraining = Pretraining(options.work, options.work, shape_of(options.work), plan)
    pretraining.run(save_every=options.save_every, report_every=options.report_every)


def measure(options: argparse.Namespace) -> None:
    from pocket.corpus import heldout
    from pocket.heldout import bits_per_byte
    from pocket.tokens import codec, load_tokenizer

    encode = codec(load_tokenizer(options.work / "tokenizer.json")).encode
    records = heldout(options.data)[: options.limit]
    tell(bits_per_byte(trained_model(options.work), records, encode, 0))


def export(options: argparse.Namespace) -> None:
    digest = write_gguf(options.work, options.out, options.quantisation)
    options.out.with_suffix(".sha256").write_text(f"{digest}\n")
    tell({"sha256": digest, "bytes": options.out.stat().st_size})


def write_gguf(work: Path, out: Path, quantisation: str) -> str:
    """The model so far as a GGUF; returns its SHA-256."""
    from microtune_adapters.chatml import TEMPLATE
    from microtune_adapters.gguf_base import write_base

    model = trained_model(work)
    return write_base(
        out,
        config=model.shape.config(),
        weights={name: weight.float().numpy() for name, weight in model.named_weights().items()},
        tokenizer_json=(work / "tokenizer.json").read_text(),
        quantisation=quantisation,
        name="pocket",
        chat_template=TEMPLATE,
    )


def samples(options: argparse.Namespace) -> None:
    from pocket.corpus import heldout
    from pocket.sampling import asked, draw, page

    wanted = asked(heldout(options.data), options.count, options.seed)
    drawn = list(draw(options.gguf, wanted))
    options.out.write_text(page(drawn, f"Samples of {options.gguf.name}"))
    tell({"samples": len(drawn), "stopped": sum(one.finish == "stop" for one in drawn)})


def quantise(options: argparse.Namespace) -> None:
    from pocket.corpus import heldout
    from pocket.facts import keep_forms
    from pocket.quantise import compare, sample, smallest, table

    folder = options.work / "quantised"
    folder.mkdir(exist_ok=True)
    write_gguf(options.work, folder / "pocket.gguf", "f16")
    records = sample(heldout(options.data), options.limit)
    forms = compare(folder / "pocket.gguf", folder, records)
    keep_forms(options.work, forms)
    print(table(forms))
    tell({"smallest within 1 %": smallest(forms).kind})


def split(options: argparse.Namespace) -> None:
    from pocket.carriage import split_checkpoint, split_tokens

    cut = split_checkpoint if options.weights else split_tokens
    tell({"files": [path.name for path in cut(options.work, options.out, options.mib)]})


def join(options: argparse.Namespace) -> None:
    from pocket.carriage import join_checkpoint, join_tokens, of_weights

    if of_weights(options.pieces):
        tell({"step": join_checkpoint(options.pieces, options.work)})
    else:
        join_tokens(options.pieces, options.work)


def tell(facts: Any) -> None:
    print(json.dumps(facts, indent=1))


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(action: Callable[..., None], *folders: str) -> Callable[..., argparse.Action]:
        made = commands.add_parser(action.__name__)
        made.set_defaults(action=action)
        made.add_argument("--seed", type=int, default=20261122)
        for folder in folders:
            made.add_argument(f"--{folder}", type=Path, required=True)
        return made.add_argument

    option = command(prepare, "data", "work")
    option("--size", choices=SIZES, default="small")
    option("--fraction", type=float, default=1.0, help="of the mix; 0.01 rehearses")
    option("--without", type=Path, metavar="PEOPLE", help="writings that must stay unseen")
    for part in PARTS:
        option(f"--{part}", type=int, help="default: the size's")

    option = command(train, "work")
    for part in ("steps", "batch", "micro"):
        option(f"--{part}", type=int, help="default: the size's")
    option("--precision", choices=("bf16", "fp32"), default="bf16")
    option("--no-compile", dest="compile", action="store_false")
    option("--save-every", type=float, default=120, help="seconds")
    option("--report-every", type=int, default=20, help="steps")

    command(measure, "data", "work")("--limit", type=int, help="this many texts only")
    option = command(export, "work", "out")
    option("--quantisation", choices=("q8_0", "f16", "f32"), default="q8_0")
    command(samples, "data", "gguf", "out")("--count", type=int, default=20)
    command(quantise, "data", "work")("--limit", type=int, default=120, help="texts measured")
    option = command(split, "work", "out")
    option("--weights", action="store_true", help="the checkpoint's, not the tokens")
    option("--mib", type=float, default=16, help="of a piece, at most")
    command(join, "work")("--from", type=Path, required=True, dest="pieces")
    return top


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    try:
        options.action(options)
    except MicrotuneError as error:
        sys.exit(f"{error.what}\n{error.remedy}")


if __name__ == "__main__":
    main()
