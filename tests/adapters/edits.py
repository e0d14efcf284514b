"""Drafts that were edited, as the assistant keeps them: the person says otherwise each time."""

import random

from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune.words import Passage
from tests.adapters.writers import NAMES, THINGS


def drafted(
    store: Store, made: str, drew_on: str = "", command: str = "write", text: str = ""
) -> Draft:
    """A recorded draft that says what was `made`."""
    figures = Generated(1, 1, 1.0, 1.0, "stop")
    request = {"command": command, "about": "tea", "text": text}
    passages = (Passage(drew_on, 0, "", 1.0),) if drew_on else ()
    return store.drafts.record(
        Draft(command, request, made, "b" * 64, "", Sampling(), figures, passages)
    )


def edit(store: Store, number: int, drew_on: str = "") -> Draft:
    """A draft of a few words in a manner that is none of the person's, and what they made of it."""
    choose = random.Random(number).choice
    name, thing = choose(NAMES), choose(THINGS)
    draft = drafted(store, f"Re {number}: kindly note that {thing} is with {name}.", drew_on)
    text = f"Note {number}, alas: {name} minds {thing}, on day {number} too, and on no other."
    store.verdicts.record(Verdict(draft.id, "accepted", text))
    return draft
