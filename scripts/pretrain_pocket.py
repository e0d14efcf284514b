#!/usr/bin/env python3
"""Trains pocket, microtune's embedded base model, from raw text to one GGUF.

    python scripts/pretrain_pocket.py prepare --data CORPUS --work DIR [--size small|large]
    python scripts/pretrain_pocket.py train   --work DIR               (again: resumes)
    python scripts/pretrain_pocket.py measure --data CORPUS --work DIR
    python scripts/pretrain_pocket.py export  --work DIR --out pocket.gguf

CORPUS holds `part-*.jsonl[.xz]` and `heldout.jsonl[.xz]`: one JSON object a line with
`source`, `license`, `kind` and `text`. Records whose licence begins with "none" are left out, and
with `--without PEOPLE` those that hold writing of the people in that folder's sub-folders.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pocket.corpus import heldout
from pocket.heldout import bits_per_byte
from pocket.model import Pocket, Shape
from pocket.sizes import SIZES, Size
from pocket.tokens import codec, load_tokenizer, prepare

PARTS = ("vocabulary", "hidden", "layers", "context")  # of a shape, to be asked for


def shape_of(work: Path) -> Shape:
    return Shape(**json.loads((work / "shape.json").read_text()))


def size_of(work: Path) -> Size:
    """The named size whose shape `prepare` wrote."""
    shape = shape_of(work)
    return next((size for size in SIZES.values() if size.shape == shape), SIZES["small"])


def asked_shape(options: argparse.Namespace) -> Shape:
    """The named size, with what was asked to differ from it."""
    parts = {part: getattr(options, part) for part in PARTS if getattr(options, part)}
    if "hidden" in parts:
        parts["inner"] = 3 * parts["hidden"]
    return replace(SIZES[options.size].shape, **parts)


def run_prepare(options: argparse.Namespace) -> None:
    shape = asked_shape(options)
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
    print(json.dumps({"tokens": made.tokens, "chats": made.chat_tokens, "left_out": left_out}))


def run_train(options: argparse.Namespace) -> None:
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


def trained_model(work: Path) -> Pocket:
    import torch

    model = Pocket(shape_of(work))
    model.load_state_dict(torch.load(work / "checkpoint.pt", map_location="cpu")["model"])
    return model.eval()


def run_measure(options: argparse.Namespace) -> None:
    chat = codec(load_tokenizer(options.work / "tokenizer.json"))
    records = heldout(options.data)[: options.limit]
    print(json.dumps(bits_per_byte(trained_model(options.work), records, chat.encode, 0), indent=1))


def run_export(options: argparse.Namespace) -> None:
    from microtune_adapters.chatml import TEMPLATE
    from microtune_adapters.gguf_base import write_base

    model = trained_model(options.work)
    weights = {name: weight.float().numpy() for name, weight in model.named_weights().items()}
    digest = write_base(
        options.out,
        config=model.shape.config(),
        weights=weights,
        tokenizer_json=(options.work / "tokenizer.json").read_text(),
        quantisation=options.quantisation,
        name="pocket",
        chat_template=TEMPLATE,
    )
    options.out.with_suffix(".sha256").write_text(f"{digest}\n")
    print(json.dumps({"sha256": digest, "bytes": options.out.stat().st_size}))


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = top.add_subparsers(required=True)
    for name, action in (
        ("prepare", run_prepare),
        ("train", run_train),
        ("measure", run_measure),
        ("export", run_export),
    ):
        command = commands.add_parser(name)
        command.set_defaults(action=action)
        command.add_argument("--work", type=Path, required=True)
        command.add_argument("--seed", type=int, default=20261122)
        if name in ("prepare", "measure"):
            command.add_argument("--data", type=Path, required=True)
        if name == "prepare":
            command.add_argument("--fraction", type=float, default=1.0)
            command.add_argument("--size", choices=sorted(SIZES), default="small")
            for part in PARTS:
                command.add_argument(f"--{part}", type=int, help="default: the size's")
            command.add_argument("--without", type=Path, help="writings that must stay unseen")
        if name == "measure":
            command.add_argument("--limit", type=int, default=10_000)
        if name == "train":
            for part in ("steps", "batch", "micro"):
                command.add_argument(f"--{part}", type=int, help="default: the size's")
            command.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
            command.add_argument("--no-compile", dest="compile", action="store_false")
            command.add_argument("--save-every", type=float, default=120, help="seconds")
            command.add_argument("--report-every", type=int, default=20, help="steps")
        if name == "export":
            command.add_argument("--out", type=Path, required=True)
            command.add_argument("--quantisation", choices=("q8_0", "f16", "f32"), default="q8_0")
    return top


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    options.action(options)


if __name__ == "__main__":
    main()
