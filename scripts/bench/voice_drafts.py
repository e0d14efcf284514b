"""Drafts from briefs of a person's held-out texts, under each of the four conditions.

The brief is made of the text by rule, as in training: to whom, its subject, its length, its key
phrases. The draft has another seed for each text and the same one under each condition.
"""

import sys
from collections.abc import Sequence
from contextlib import closing

from edited_drafts import request_for
from kept_homes import Kept
from voice_texts import first

from microtune.contracts import Sampling
from microtune.words import Document
from microtune_adapters.drafting import Drafter, most_tokens
from microtune_adapters.evaluation import CONDITIONS
from microtune_adapters.examples import PASSAGES
from microtune_adapters.training_data import take_snapshot
from microtune_tui.wiring import Wiring


def drafted(kept: Kept, documents: Sequence[Document]) -> dict[str, list[str]]:
    """The drafts by condition, one for each document; passages come from trained texts alone."""
    wiring = Wiring(kept.home)
    made: dict[str, list[str]] = {}
    with wiring.store() as store, closing(wiring.engine()) as engine:
        allowed = {document.id for document in take_snapshot(store).train}
        drafter = Drafter(engine, wiring.library, store.retrieval)
        for condition in CONDITIONS:
            print(f"{kept.person}: drafts under {condition}", file=sys.stderr, flush=True)
            adapter = kept.adapter if condition.startswith("adapter") else ""
            made[condition] = []
            for number, document in enumerate(documents):
                request = request_for(document, first(document))
                passages = (
                    store.retrieval.nearest(request.query(), PASSAGES, only=allowed)
                    if condition.endswith("_rag")
                    else []
                )
                sampling = Sampling(seed=number, max_tokens=most_tokens(request.words))
                draft = drafter.draft(request, adapter, sampling, lambda piece: None, passages)
                made[condition].append(draft.text)
    return made
