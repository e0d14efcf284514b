#!/usr/bin/env python3
"""Which prompt another program's request should become: bits per byte of held-out texts.

    python scripts/bench/serving_forms.py --home HOME

Each held-out text's first piece is scored as the answer to what a program might send: its four key
phrases in the form of a brief, in a sentence, or bare; with the nearest own passages and without.
"""

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from report import add_docs_option, publish, table

from microtune.contracts import Engine, Score, Turn
from microtune.locations import Home
from microtune_adapters import prompts
from microtune_adapters.briefs import about
from microtune_adapters.examples import PASSAGES, pieces, shortened
from microtune_adapters.prompts import Brief
from microtune_adapters.training_data import nearest_in, take_snapshot
from microtune_tui.wiring import Wiring

FORMS = {
    "in the form of a brief": lambda said: prompts.write_turns(Brief(about=said)),
    '"Write a letter about …"': lambda said: [Turn("user", f"Write a letter about {said}.")],
    "the bare phrases": lambda said: [Turn("user", said)],
}
Text = tuple[str, str, list[str]]  # what is scored, its key phrases, passages near to them


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--home", type=Path, required=True, help="with an active adapter")
    add_docs_option(parser)
    options = parser.parse_args()
    wiring = Wiring(Home(options.home))
    texts = heldout(wiring)
    active = wiring.library.active()
    assert active, "the home has no active adapter"
    with closing(wiring.engine()) as engine:
        sides = {"me": wiring.library.path(active.id), "base": None}
        bits = {side: scored(engine, folder, texts) for side, folder in sides.items()}
    result = {"base": active.base_name, "texts": len(texts), "bits_per_byte": bits}
    publish("serving_forms", result, markdown(result), options.docs)


def heldout(wiring: Wiring) -> list[Text]:
    with wiring.store() as store:
        snapshot = take_snapshot(store)
        nearest = nearest_in(store, snapshot.train)
        return [_text(pieces(document.text)[0], document.id, nearest)
                for document in snapshot.heldout]  # fmt: skip


def _text(part: str, document: str, nearest: Any) -> Text:
    said = about(part, 4)
    return part, said, [shortened(passage) for passage in nearest(said, document)[:PASSAGES]]


def scored(engine: Engine, adapter: Path | None, texts: list[Text]) -> dict[str, list[float]]:
    """Form → bits per byte with passages and without."""
    engine.use(adapter)
    return {
        name: [_bits(engine, texts, form, shown) for shown in (True, False)]
        for name, form in FORMS.items()
    }


def _bits(engine: Engine, texts: list[Text], form: Any, shown: bool) -> float:
    whole = Score(0.0, 0, 0)
    for part, said, passages in texts:
        voice = prompts.voice_turns(passages if shown else [])
        whole += engine.score([*voice, *form(said)], part)
    return whole.bits_per_byte


def markdown(result: dict[str, Any]) -> str:
    me, base = result["bits_per_byte"]["me"], result["bits_per_byte"]["base"]
    head = ["prompt", "`me`, with passages", "`me`, without", "`base`, with", "`base`, without"]
    rows = [[name, *(f"{bits:.3f}" for bits in (*me[name], *base[name]))] for name in FORMS]
    return f"{table(head, rows)}\n\n{result['texts']} held-out texts, base {result['base']}."


if __name__ == "__main__":
    main()
