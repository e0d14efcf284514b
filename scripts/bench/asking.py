#!/usr/bin/env python3
"""How often `microtune ask` finds what somebody wrote, and how often it answers what is not there.

    python scripts/bench/asking.py PEOPLE --tuned-on NAME ... --docs docs/benchmarks.md

PEOPLE holds one folder for each person. Their texts are collected into fresh homes; then questions
are made by rule from single sentences (`asked_questions.py`), and asked of the store as the command
does. Those named by --tuned-on are those on whom the threshold was chosen: they are kept apart.
With --texts, archives of two sizes are composed as well, and every question is timed in them.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from asked_questions import Asked, Maker
from asking_tables import markdown
from homes import choose_base, collect_person, microtune
from many_messages import COMPOSED
from measured import measure
from report import add_docs_option, publish

from microtune.asking import ENOUGH, ask
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Document

LIMIT = 3
PATIENCE = 200  # questions asked for the times of one archive


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-", dir=options.work) as work:
        homes = dict(collected(options, Path(work)))
        makers = {name: Maker(texts(home), options.seed) for name, home in homes.items()}
        rows = [
            row
            for enough in options.enough
            for name in homes
            for row in person(name, homes[name], makers, options, enough)
        ]
        archives = [archive(options, size, Path(work)) for size in options.sizes if options.texts]
    result = {"questions": options.questions, "tuned_on": options.tuned_on, "rows": rows}
    publish("asking", {**result, "archives": archives}, markdown(rows, archives), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, metavar="PEOPLE", help="one folder for each person")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these people alone")
    parser.add_argument("--tuned-on", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--questions", type=int, default=100, help="of each form and person")
    parser.add_argument("--enough", type=float, nargs="+", default=[ENOUGH], help="thresholds")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], metavar="FILE.jsonl.xz")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_300, 24_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, metavar="DIR", help="where there is room for it all")
    parser.add_argument("--homes", type=Path, metavar="DIR", help="homes that were made before")
    add_docs_option(parser)
    return parser.parse_args()


def collected(options: argparse.Namespace, work: Path) -> Iterator[tuple[str, Path]]:
    """(person, home that holds their texts)"""
    for folder in sorted(path for path in options.folder.iterdir() if path.is_dir()):
        if options.only and folder.name not in options.only:
            continue
        home = (options.homes or work) / folder.name
        if not home.exists():
            collect_person(home, folder, "pocket", work / f"{folder.name}-unpacked")
        yield folder.name, home


def person(
    name: str, home: Path, makers: dict[str, Maker], options: argparse.Namespace, enough: float
) -> Iterator[dict[str, Any]]:
    """What came of each form of question, asked of one person's texts."""
    others = [maker for other, maker in makers.items() if other != name]
    with Store.open(Home(home)) as store:
        questions = list(makers[name].answered(options.questions))
        questions += unanswerable(makers[name], others, options) if others else []
        print(f"{name}: {len(questions)} questions", file=sys.stderr, flush=True)
        asked = [(one, *outcome(store, one, enough)) for one in questions]
        documents = store.documents.count()
    for form in dict.fromkeys(one.form for one in questions):
        ranks = [rank for one, rank, _ in asked if one.form == form]
        seconds = [took for one, _, took in asked if one.form == form]
        yield {
            "person": name,
            "tuned": name in options.tuned_on,
            "enough": enough,
            "form": form,
            "documents": documents,
            "asked": len(ranks),
            "first": ranks.count(1),
            "among": sum(rank is not None and rank > 0 for rank in ranks),
            "nothing": ranks.count(None),
            "median_ms": round(statistics.median(seconds) * 1000, 1),
        }


def texts(home: Path) -> list[Document]:
    with Store.open(Home(home)) as store:
        return list(store.documents.live())


def unanswerable(
    maker: Maker, others: Sequence[Maker], options: argparse.Namespace
) -> Iterator[Asked]:
    """Questions made of other people's sentences; of those with a word that is nowhere in one's own
    texts; and of own sentences, but to somebody whose name is nowhere."""
    chance = random.Random(options.seed)
    names = [name for other in others for name in maker.strangers(other)] or ["Zebedee"]
    for at in range(options.questions):
        theirs = others[at % len(others)].sentences
        _, sentence = theirs[at // len(others) % len(theirs)]
        yield Asked("another's sentence", maker.some_words(sentence))
        _, sentence = maker.sentences[at % len(maker.sentences)]
        yield Asked("a name that is nowhere", maker.about(sentence, chance.choice(names)))
    strange = (s for one in others for _, s in one.sentences[: 3 * options.questions])
    with_term = [(s, term) for s in strange if (term := maker.stranger_word(s))]
    for sentence, term in chance.sample(with_term, min(options.questions, len(with_term))):
        yield Asked("a word that is nowhere", maker.some_words(sentence, term))


def outcome(store: Store, one: Asked, enough: float) -> tuple[int | None, float]:
    """The rank of its document, 0 where others were quoted, None for nothing; and the seconds."""
    began = time.perf_counter()
    found = ask(store, one.question, LIMIT, enough=enough).answers
    took = time.perf_counter() - began
    ranks = [rank for rank, answer in enumerate(found, 1) if answer.document == one.document]
    return (ranks[0] if ranks else 0 if found else None), took


def archive(options: argparse.Namespace, size: int, work: Path) -> dict[str, Any]:
    """How long questions take in an archive of composed mail, in the process and as a command."""
    mail, home = work / f"mail-{size}", work / f"home-{size}"
    made = [sys.executable, COMPOSED, mail, "--messages", size, "--texts", *options.texts]
    composed = measure([str(word) for word in made]).json()
    choose_base(home, "pocket")
    me = [word for address in composed["me"] for word in ("--me", address)]
    microtune(home, "sources", "add", str(mail / "sent.mbox"), *me)
    microtune(home, "collect")
    with Store.open(Home(home)) as store:
        documents = list(store.documents.live())
        forms = {}
        for one in Maker(documents, options.seed).answered(PATIENCE // 3):
            rank, took = outcome(store, one, ENOUGH)
            forms.setdefault(one.form, []).append((rank, took))
            last = one
    command = [microtune(home, "ask", last.question).seconds for _ in range(5)]
    every = sorted(took for found in forms.values() for _, took in found)
    return {
        "documents": len(documents),
        "asked": len(every),
        "median_ms": round(statistics.median(every) * 1000, 1),
        "p95_ms": round(every[int(len(every) * 0.95)] * 1000, 1),
        "first": {f: sum(r == 1 for r, _ in found) / len(found) for f, found in forms.items()},
        "command_s": round(statistics.median(command), 2),
    }


if __name__ == "__main__":
    main()
