#!/usr/bin/env python3
"""Trains pocket, microtune's embedded base model, from raw text to one GGUF.

    python scripts/pretrain_pocket.py prepare --data CORPUS --work DIR
    python scripts/pretrain_pocket.py train   --work DIR --steps 2500     (again: resumes)
    python scripts/pretrain_pocket.py measure --data CORPUS --work DIR
    python scripts/pretrain_pocket.py export  --work DIR --out pocket.gguf

CORPUS holds `part-*.jsonl[.xz]` and `heldout.jsonl[.xz]`: one JSON object a line with
`source`, `license`, `kind` and `text`. Records whose licence begins with "none" are left out.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from pocket.corpus import heldout
from pocket.heldout import bits_per_byte
from pocket.model import Pocket, Shape
from pocket.tokens import codec, load_tokenizer, prepare


def shape_of(work: Path) -> Shape:
    saved = work / "shape.json"
    return Shape(**json.loads(saved.read_text())) if saved.exists() else Shape()


def run_prepare(options: argparse.Namespace) -> None:
    count = prepare(
        options.data,
        options.work,
        vocabulary=options.vocabulary,
        seed=options.seed,
        fraction=options.fraction,
    )
    shape = Shape(
        vocabulary=load_tokenizer(options.work / "tokenizer.json").get_vocab_size(),
        hidden=options.hidden,
        inner=3 * options.hidden,
        layers=options.layers,
        context=options.context,
    )
    (options.work / "shape.json").write_text(json.dumps(shape.to_dict()))
    print(json.dumps({"tokens": count}))


def run_train(options: argparse.Namespace) -> None:
    from pocket.training import Plan, Pretraining

    plan = Plan(
        options.steps,
        options.batch,
        options.micro,
        options.seed,
        options.precision,
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
            for part in ("vocabulary", "hidden", "layers", "context"):
                command.add_argument(f"--{part}", type=int, default=getattr(Shape(), part))
        if name == "measure":
            command.add_argument("--limit", type=int, default=10_000)
        if name == "train":
            command.add_argument("--steps", type=int, required=True)
            command.add_argument("--batch", type=int, default=16)
            command.add_argument("--micro", type=int, default=8)
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
