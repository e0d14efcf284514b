#!/usr/bin/env python3
"""Drafting with an adapter against the bare base, in one process; swaps and first tokens.

    python scripts/bench/generating.py --base pocket --adapter HOME/adapters/ID

Without --adapter a random one of --rank is made for the base: what an adapter costs does not
depend on its values. With and without take turns; the ratio is the median over pairs of drafts.
Then the same through the engine's own process, as a person meets it.
"""

import argparse
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from drafts import PROMPTS, Draft, medians, swaps, take_draft, timed_draft
from random_adapter import write_random_adapter
from report import add_docs_option, publish, table

from microtune.contracts import Sampling
from microtune_adapters.bases import resolve
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.engine.remote import RemoteEngine
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.peft_format import read_peft


def main() -> None:
    options = parsed()
    base = resolve(options.base)
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as work:
        adapter = options.adapter or write_random_adapter(Path(work), base, options.rank)
        result = measured(base, adapter, options)
    publish("generating", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--adapter", type=Path, metavar="FOLDER", help="of a home's library")
    parser.add_argument("--rank", type=int, default=16, help="of a random adapter")
    parser.add_argument("--rounds", type=int, default=30, help="pairs of drafts")
    parser.add_argument("--tokens", type=int, default=200, help="a draft, at most")
    parser.add_argument("--swaps", type=int, default=100)
    add_docs_option(parser)
    return parser.parse_args()


def measured(base: BaseFile, adapter: Path, options: argparse.Namespace) -> dict[str, Any]:
    with closing(LlamaEngine(base.path)) as engine:
        here = sides(engine, adapter, options)
    with closing(RemoteEngine(base.path)) as engine:
        cold = timed_draft(engine, PROMPTS[0], Sampling(max_tokens=options.tokens))
        there = sides(engine, adapter, options)
    weights = read_peft(adapter)
    return {
        "base": {"name": base.name, "sha256": base.sha256, "parameters": base.parameters},
        "adapter": {"rank": weights.rank, "parameters": weights.parameters},
        "trained_adapter": options.adapter is not None,
        "in_process": here,
        "own_process": {**there, "cold_first_token_ms": round(cold.waited_ms, 1)},
    }


def sides(
    engine: LlamaEngine | RemoteEngine, adapter: Path, options: argparse.Namespace
) -> dict[str, Any]:
    """Drafts in pairs, of the same prompt and seed, the one first in even rounds, the other in odd
    ones; then swaps."""
    pairs: dict[bool, list[Draft]] = {False: [], True: []}
    for number in range(options.rounds + 1):  # the first pair warms up and is not counted
        prompt = PROMPTS[number % len(PROMPTS)]
        sampling = Sampling(seed=number, max_tokens=options.tokens)
        for adapted in (False, True) if number % 2 == 0 else (True, False):
            draft = take_draft(engine, adapter if adapted else None, prompt, sampling)
            if number:
                pairs[adapted].append(draft)
    return {**medians(pairs[False], pairs[True]), **swaps(engine, adapter, options.swaps)}


def markdown(result: dict[str, Any]) -> str:
    base, adapter = result["base"], result["adapter"]
    kind = "trained" if result["trained_adapter"] else "random"
    here, there = result["in_process"], result["own_process"]
    head = [
        *("engine", "tokens/s, base", "tokens/s, adapter", "ratio"),
        *("first token ms, base", "first token ms, adapter"),
        *("swap ms, median", "swap ms, longest"),
    ]
    rows = [["in this process", *_figures(here)], ["in its own process", *_figures(there)]]
    return (
        f"Base: {base['name']}, {base['parameters'] / 1e6:.1f} M parameters, SHA-256 "
        f"{base['sha256'][:12]}; a {kind} adapter of rank {adapter['rank']} "
        f"({adapter['parameters']} parameters); {here['drafts']} pairs of drafts, prompts of "
        f"{here['prompt_tokens']:.0f} tokens.\n\n"
        + table(head, rows)
        + "\n\nFirst token of an engine that is not running yet, its process and base loaded on "
        f"the way: {there['cold_first_token_ms']:.0f} ms."
    )


def _figures(of: dict[str, Any]) -> list[str]:
    speeds = [f"{of[key]:.1f}" for key in ("base_tokens_per_s", "adapter_tokens_per_s")]
    waits = ("base_first_token_ms", "adapter_first_token_ms", "swap_ms", "longest_swap_ms")
    return [*speeds, f"{of['ratio']:.3f}", *(f"{of[key]:.1f}" for key in waits)]


if __name__ == "__main__":
    main()
