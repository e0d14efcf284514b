#!/usr/bin/env python3
"""What `microtune serve` adds to the engine's own first token and speed, for one home.

    python scripts/bench/serving.py --home HOME

The same prompt and seed go to an engine in a process of its own, as `microtune write` has it, and
by OpenAI's client to a server of the same home, in turns. The first of each is not counted.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drafts import PROMPTS
from homes import PROGRAM
from openai import OpenAI
from report import add_docs_option, publish, table

from microtune.contracts import Generated, Sampling, Turn
from microtune.locations import Home
from microtune_adapters.engine.remote import RemoteEngine
from microtune_adapters.examples import PASSAGES, shortened
from microtune_tui.serving import wording
from microtune_tui.serving.asked import Asked
from microtune_tui.wiring import Wiring


@dataclass(frozen=True)
class Timed:
    """One answer as whoever asked for it saw it come."""

    first_ms: float
    tokens_per_s: float
    text: str


def main() -> None:
    options = parsed()
    wiring = Wiring(Home(options.home))
    result = {"base": wiring.settings().base_name, **measured(wiring, options)}
    publish("serving", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--home", type=Path, required=True, help="with an active adapter")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--tokens", type=int, default=100, help="an answer, at most")
    add_docs_option(parser)
    return parser.parse_args()


def measured(wiring: Wiring, options: argparse.Namespace) -> dict[str, Any]:
    active = wiring.library.active()
    assert active, "the home has no active adapter"
    with served(options.home) as client, closing(RemoteEngine(wiring.base().path)) as engine:
        engine.use(wiring.library.path(active.id))
        ways = {"engine": direct(engine, wiring), "served": over_http(client)}
        timings: dict[str, list[Timed]] = {way: [] for way in ways}
        for number in range(options.rounds + 1):
            sampling = Sampling(seed=number, max_tokens=options.tokens)
            (turn,) = PROMPTS[number % len(PROMPTS)]
            for way in list(ways)[:: 1 if number % 2 else -1]:
                timings[way].append(ways[way](turn.content, sampling))
    pairs = list(zip(*timings.values(), strict=True))
    return {
        "rounds": options.rounds,
        "same_texts": all(one.text == other.text for one, other in pairs),
        **{way: medians(taken[1:]) for way, taken in timings.items()},
        "added_ms": statistics.median(b.first_ms - a.first_ms for a, b in pairs[1:]),
    }


def direct(engine: RemoteEngine, wiring: Wiring) -> Callable[[str, Sampling], Timed]:
    """The engine alone; passages are looked up and the prompt is made before the clock runs."""
    context = min(2048, wiring.base().context_length)

    def take(prompt: str, sampling: Sampling) -> Timed:
        asked = Asked("me", sampling, (Turn("user", prompt),))
        with wiring.store() as store:
            passages = store.retrieval.nearest(wording.query(asked), PASSAGES)
        turns = wording.turns(asked, True, [shortened(p.text) for p in passages], context)
        done: list[Generated] = []
        return timed(lambda: engine.stream(turns, sampling, done.append), lambda: done[0].tokens)

    return take


def over_http(client: OpenAI) -> Callable[[str, Sampling], Timed]:
    def take(prompt: str, sampling: Sampling) -> Timed:
        counted: list[int] = []

        def pieces() -> Iterator[str]:
            for chunk in client.chat.completions.create(
                model="me",
                messages=[{"role": "user", "content": prompt}],
                seed=sampling.seed,
                max_tokens=sampling.max_tokens,
                stream=True,
                stream_options={"include_usage": True},
            ):
                if chunk.usage:
                    counted.append(chunk.usage.completion_tokens)
                elif text := chunk.choices[0].delta.content:
                    yield text

        return timed(pieces, lambda: counted[0])

    return take


def timed(stream: Callable[[], Iterator[str]], tokens: Callable[[], int]) -> Timed:
    start, first, text = time.perf_counter(), 0.0, ""
    for piece in stream():
        first = first or time.perf_counter()
        text += piece
    end = time.perf_counter()
    return Timed((first - start) * 1e3, (tokens() - 1) / (end - first), text)


def medians(taken: list[Timed]) -> dict[str, float]:
    return {
        "first_token_ms": statistics.median(one.first_ms for one in taken),
        "tokens_per_s": statistics.median(one.tokens_per_s for one in taken),
    }


@contextmanager
def served(home: Path) -> Iterator[OpenAI]:
    command = [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--json"]
    with subprocess.Popen([*command, "--home", str(home)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            up = json.loads(process.stdout.readline())
            token = Path(up["token_file"]).read_text().strip()
            with OpenAI(base_url=up["url"], api_key=token) as client:
                yield client
        finally:
            process.terminate()


def markdown(result: dict[str, Any]) -> str:
    names = {
        "engine": "engine in its own process",
        "served": "`microtune serve`, OpenAI's client",
    }
    rows = [
        [name, f"{result[way]['first_token_ms']:.1f}", f"{result[way]['tokens_per_s']:.0f}"]
        for way, name in names.items()
    ]
    return (
        table(["asked of `me`, streamed", "first token ms", "tokens/s"], rows)
        + f"\n\nMedians of {result['rounds']} answers each, base {result['base']}; the texts were "
        f"{'the same' if result['same_texts'] else 'not the same'}. Of a pair, the served one's "
        f"first token came {result['added_ms']:.1f} ms later (median), the search for passages "
        "included."
    )


if __name__ == "__main__":
    main()
