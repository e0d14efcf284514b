#!/usr/bin/env python3
"""An adapter beside its base against the same one merged into it: speed, size and held-out text.

    python scripts/bench/merged.py --home HOME

What is merged must be quantised anew, or the file grows. All forms draft the same prompts with the
same seeds in turn; tokens a second are medians. Held-out text is scored without retrieval.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from drafts import PROMPTS, Draft, take_draft
from merged_base import write_merged
from report import add_docs_option, publish, table

from microtune.contracts import Sampling
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.words import Document
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.evaluation import score_examples, spread
from microtune_adapters.examples import heldout_examples
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.heldout import trained_on
from microtune_adapters.peft_format import read_peft
from microtune_adapters.training_data import take_snapshot
from microtune_tui.wiring import Wiring

MERGED = {"merged, quantised as before": "same", "merged, float16": "f16"}
BARE, BESIDE = "the bare base", "beside the base, as now"


@dataclass(frozen=True, slots=True)
class Form:
    """An engine and the adapter that it serves beside its base; None where it is merged in."""

    engine: LlamaEngine
    adapter: Path | None
    mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="with an active adapter")
    parser.add_argument("--rounds", type=int, default=20, help="drafts of each form")
    parser.add_argument("--tokens", type=int, default=200, help="a draft, at most")
    parser.add_argument("--texts", type=int, default=40, help="held-out texts, at most")
    add_docs_option(parser)
    options = parser.parse_args()
    result = measured(Wiring(Home(options.home)), options)
    publish("merged", result, markdown(result), options.docs)


def measured(wiring: Wiring, options: argparse.Namespace) -> dict[str, Any]:
    base, card = wiring.base(), wiring.library.active()
    if card is None:
        raise MicrotuneError("no adapter is active there", "Run `microtune train` first.")
    with wiring.store() as store:
        seen = trained_on(store, card)
        texts = [d for d in take_snapshot(store).heldout if d.id not in seen]
    with TemporaryDirectory(prefix="microtune-bench-") as work, ExitStack() as stack:
        forms = made(base, wiring.library.path(card.id), Path(work), stack)
        drafts = drafted(forms, options)
        bits = {n: held_out_bits(form, spread(texts, options.texts)) for n, form in forms.items()}
    return {
        "base": base.name,
        "rank": read_peft(wiring.library.path(card.id)).rank,
        "rounds": options.rounds,
        "texts": min(len(texts), options.texts),
        "forms": {
            name: {
                "mb": forms[name].mb,
                "tokens_per_s": median(draft.speed for draft in drafts[name] if draft.speed),
                "first_token_ms": median(draft.waited_ms for draft in drafts[name]),
                "bits_per_byte": bits[name],
            }
            for name in forms
        },
    }


def made(base: BaseFile, adapter: Path, work: Path, stack: ExitStack) -> dict[str, Form]:
    """The bare base, the adapter beside it, and each merged form, all loaded."""

    def form(path: Path, beside: Path | None = None) -> Form:
        engine = stack.enter_context(closing(LlamaEngine(path)))
        return Form(engine, beside, path.stat().st_size / 1e6)

    forms = {BARE: form(base.path), BESIDE: form(base.path, adapter)}
    for name, quantisation in MERGED.items():
        path = work / f"{quantisation}.gguf"
        write_merged(base, adapter, path, quantisation)
        forms[name] = form(path)
    return forms


def drafted(forms: dict[str, Form], options: argparse.Namespace) -> dict[str, list[Draft]]:
    drafts: dict[str, list[Draft]] = {name: [] for name in forms}
    for number in range(options.rounds + 1):  # the first round warms up and is not counted
        sampling = Sampling(seed=number, max_tokens=options.tokens)
        prompt = PROMPTS[number % len(PROMPTS)]
        for name, form in forms.items():
            draft = take_draft(form.engine, form.adapter, prompt, sampling)
            if number:
                drafts[name].append(draft)
    return drafts


def held_out_bits(form: Form, texts: Sequence[Document]) -> float:
    form.engine.use(form.adapter)
    examples = [one for text in texts for one in heldout_examples(text, None)]
    return score_examples(form.engine, examples).bits_per_byte


def markdown(result: dict[str, Any]) -> str:
    beside = result["forms"][BESIDE]["tokens_per_s"]
    rows = [
        [
            name,
            f"{of['mb']:.1f}",
            f"{of['tokens_per_s']:.0f}",
            f"{of['tokens_per_s'] / beside:.2f}",
            f"{of['first_token_ms']:.1f}",
            f"{of['bits_per_byte']:.3f}",
        ]
        for name, of in result["forms"].items()
    ]
    head = ["adapter", "base, MB", "tokens/s", "against beside", "first token, ms"]
    return (
        f"Base: {result['base']}; an adapter of rank {result['rank']}; {result['rounds']} drafts "
        f"of each form; {result['texts']} held-out texts.\n\n"
        + table([*head, "held-out bits per byte"], rows)
    )


if __name__ == "__main__":
    main()
