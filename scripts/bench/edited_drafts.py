"""A person who edits drafts, made of a person's texts: stand-ins for edits that nobody has made.

The older texts are the archive, on which a weak adapter is trained. For each newer one, the adapter
drafts from a brief of it, and the person's own text is what they make of the draft: all of it
("rewritten"), or its sentences for about half of the draft's ("mended"). Real edits are smaller,
and leave what was right; these say how an objective learns, not how much a person would gain.
"""

import random
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from microtune.contracts import Sampling
from microtune.locations import Home
from microtune.sentences import sentences_of
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune.words import Document
from microtune_adapters.briefs import about
from microtune_adapters.drafting import Drafter, Request, most_tokens
from microtune_adapters.examples import PASSAGES, pieces
from microtune_adapters.lineage_choice import Wish
from microtune_adapters.run_values import Listener
from microtune_adapters.training_run import TrainingRun
from microtune_tui.wiring import Wiring

ARCHIVE = 0.6  # of the texts, the oldest
WORDS = (10, 160)  # of a text that is drafted
KINDS = ("rewritten", "mended")


@dataclass(frozen=True, slots=True)
class Edited:
    """A home with verdicts; which kind each judged draft is of; whether the adapter drafted."""

    home: Home
    kinds: dict[str, str]
    drafted_with: str


def edited(collected: Path, home: Path, base: str, most: int, minutes: float) -> Edited:
    """Make `home` of the newest `most` texts in the home `collected`."""
    wiring = Wiring(Home(home))
    wiring.choose_base(base)
    with Store.open(Home(collected)) as source, wiring.store() as store:
        documents = list(source.documents.live())[-most:]
        for one in source.sources.all():
            store.sources.add(one, "for a benchmark")
        border = int(len(documents) * ARCHIVE)
        keep(store, documents[:border])
        file = wiring.base()
        run = TrainingRun(store, wiring.library, file, lambda: wiring.engine(file), Listener())
        trained = run.run(Wish(minutes))
        keep(store, documents[border:])
        with closing(wiring.engine(file)) as engine:
            drafter = Drafter(engine, wiring.library, store.retrieval)
            adapter = drafter.choose(None)
            archive = {document.id for document in documents[:border]}
            kinds = dict(judge_all(store, drafter, adapter, documents[border:], archive))
    return Edited(wiring.home, kinds, trained.adapter if adapter else "")


def keep(store: Store, documents: list[Document]) -> None:
    for document in documents:
        store.documents.put(document, None, store.sources.consent(document.source) or "")


def judge_all(
    store: Store, drafter: Drafter, adapter: str, documents: list[Document], archive: set[str]
) -> "list[tuple[str, str]]":
    """Draft and edit each text that is neither short nor long, oldest first."""
    made = []
    fitting = [d for d in documents if WORDS[0] <= len(pieces(d.text)[0].split()) <= WORDS[1]]
    for number, document in enumerate(fitting):
        real = pieces(document.text)[0]
        request = request_for(document, real)
        passages = store.retrieval.nearest(request.query(), PASSAGES, only=archive)
        sampling = Sampling(seed=number, max_tokens=most_tokens(request.words))
        draft = drafter.draft(request, adapter, sampling, lambda piece: None, passages)
        if not draft.text:
            continue
        kept, kind = store.drafts.record(draft), KINDS[number % 2]
        text = real if kind == "rewritten" else mended(kept.text, real, number)
        store.verdicts.record(Verdict(kept.id, "accepted", text))
        made.append((kept.id, kind))
    return made


def request_for(document: Document, real: str) -> Request:
    """What the person would have asked for, told from what they wrote."""
    return Request(
        command="reply" if document.answered else "write",
        about=about(real),
        text=document.answered,
        to=", ".join(document.recipients[:2]),
        subject=document.subject,
        words=len(real.split()),
    )


def mended(draft: str, real: str, seed: int) -> str:
    """The draft with the person's sentences in place of about half of its own, one at least."""
    chance = random.Random(seed)
    ours = [real[start:end] for start, end in sentences_of(real)]
    theirs = sentences_of(draft)
    taken = [chance.random() < 0.5 for _ in theirs]
    if not any(taken):
        taken[chance.randrange(len(taken))] = True
    sentences = [
        ours[i * len(ours) // len(theirs)] if take else draft[start:end]
        for i, ((start, end), take) in enumerate(zip(theirs, taken, strict=True))
    ]
    return " ".join(dict.fromkeys(sentences))
