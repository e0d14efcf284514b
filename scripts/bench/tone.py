"""What the tone slider does: how formal drafts are at each of its stops, for one home.

Briefs are made from the person's newest texts; the same briefs and seeds at each stop. The scale
is that of `microtune_adapters.tone`; texts of the person's own stand beside it.
"""

import argparse
import json
import statistics
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from report import add_docs_option, publish, table

from microtune.contracts import Sampling
from microtune.locations import Home
from microtune.words import Document
from microtune_adapters.briefs import about
from microtune_adapters.drafting import Drafter, Request
from microtune_adapters.tone import formality
from microtune_tui.wiring import Wiring

TONES = (-2, -1, 0, 1, 2)
NAMES = {-2: "formal", -1: "rather formal", 0: "as you are", 1: "rather casual", 2: "casual"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("home", type=Path, help="of a person whose adapter is active")
    parser.add_argument("--briefs", type=int, default=40)
    add_docs_option(parser)
    given = parser.parse_args()
    result = measured(Wiring(Home(given.home)), given.briefs)
    publish("tone", result, markdown(result), given.docs)


def measured(wiring: Wiring, count: int) -> dict[str, object]:
    """Mean formality of passages and drafts at each stop, in the measure's own scale."""
    with wiring.store() as store, wiring.serving() as engine:
        documents = list(islice(_newest(list(store.documents.live())), count))
        drafter = Drafter(engine, wiring.library, store.retrieval)
        adapter = drafter.choose(None)
        stops = [_at(drafter, adapter, documents, tone) for tone in TONES]
    own = [formality(document.text) for document in documents]
    return {"briefs": len(documents), "own": statistics.fmean(own), "stops": stops}


def _newest(documents: list[Document]) -> Iterator[Document]:
    """Those with words enough to make a brief of, the newest first."""
    for document in reversed(documents):
        if document.words >= 20 and about(document.text):
            yield document


def _at(
    drafter: Drafter, adapter: str, documents: list[Document], tone: int
) -> dict[str, float | int]:
    passages, drafts = [], []
    for document in documents:
        request = Request("write", about(document.text), "", "", "", 50, tone)
        exclude = [p for p in drafter.passages(request) if p.document != document.id]
        draft = drafter.draft(request, adapter, Sampling(max_tokens=120), lambda _: None, exclude)
        passages += [formality(passage.text) for passage in exclude]
        drafts.append(formality(draft.text))
    return {
        "tone": tone,
        "passages": statistics.fmean(passages) if passages else 0.0,
        "drafts": statistics.fmean(drafts),
        "spread": statistics.stdev(drafts) / len(drafts) ** 0.5,
    }


def markdown(result: dict[str, object]) -> str:
    stops = json.loads(json.dumps(result["stops"]))
    rows = (
        (NAMES[s["tone"]], f"{s['passages']:.2f}", f"{s['drafts']:.2f} ± {s['spread']:.2f}")
        for s in stops
    )
    head = ("slider", "passages in the prompt", "drafts")
    return str(
        f"{result['briefs']} briefs from the person's newest texts, which measure "
        f"{result['own']:.2f} themselves; ±: one standard error.\n\n" + table(head, rows)
    )


if __name__ == "__main__":
    main()
