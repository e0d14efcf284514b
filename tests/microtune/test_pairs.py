"""Which of two texts the person likes better, told from what they made of drafts."""

from datetime import UTC, datetime

import pytest

from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.messages import Message
from microtune.pairs import ever_in, pairs_in
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune.words import Source


def drafted(store: Store, text: str) -> Draft:
    figures = Generated(1, 1, 1.0, 1.0, "stop")
    draft = Draft("write", {"about": "plums"}, text, "b" * 64, "", Sampling(), figures)
    return store.drafts.record(draft)


def texts(store: Store) -> list[tuple[str, str]]:
    """(better, worse) of each pair."""
    return [(pair.chosen, pair.rejected) for pair in pairs_in(store)]


def test_a_changed_text_is_better_than_its_draft(store: Store) -> None:
    one = drafted(store, "The plums is ripe.")
    store.verdicts.record(Verdict(one.id, "accepted", "The plums are ripe."))
    (pair,) = pairs_in(store)
    assert (pair.chosen, pair.rejected) == ("The plums are ripe.", "The plums is ripe.")
    assert pair.draft.request == {"about": "plums"}


@pytest.mark.parametrize("text", ["One two.", "  One\n\ntwo. ", "", " \n"])
def test_a_text_that_was_taken_as_it_was_says_nothing(store: Store, text: str) -> None:
    store.verdicts.record(Verdict(drafted(store, "One two.").id, "accepted", text))
    assert texts(store) == []


def test_a_draft_that_was_picked_is_better_than_those_passed_over(store: Store) -> None:
    one, two, three = (drafted(store, text) for text in ("One.", "Two.", "Three."))
    for over in (two, three):
        store.verdicts.record(Verdict(one.id, "preferred", over=over.id))
    assert texts(store) == [("One.", "Two."), ("One.", "Three.")]


def test_a_rejected_draft_alone_makes_no_pair(store: Store) -> None:
    store.verdicts.record(Verdict(drafted(store, "One.").id, "rejected"))
    assert texts(store) == []


def test_a_blind_test_stays_a_test(store: Store) -> None:
    one, two = drafted(store, "One."), drafted(store, "Two.")
    store.verdicts.record(Verdict(one.id, "preferred", over=two.id, blind=True))
    assert texts(store) == []


def test_an_answer_to_an_inbox_teaches_nothing(store: Store) -> None:
    """Its prompt is the message, which was consented to as context only."""
    source = Source("mbox", "/inbox", ("ada@example.org",), context=True)
    store.sources.add(source, "context only")
    now = datetime.now(UTC)
    message = Message("Is it raining?", source.id, "1", now, address="tom@example.org")
    store.received.put(message)
    one = drafted(store, "It rain.")
    store.received.tie(one.id, message.id)
    store.verdicts.record(Verdict(one.id, "accepted", "It rains."))
    assert texts(store) == []


def test_the_last_word_holds(store: Store) -> None:
    one, two = drafted(store, "One."), drafted(store, "Two.")
    store.verdicts.record(Verdict(one.id, "accepted", "One!"))
    store.verdicts.record(Verdict(two.id, "accepted", "Two!"))
    store.verdicts.record(Verdict(one.id, "accepted", "One, then."))
    assert texts(store) == [("Two!", "Two."), ("One, then.", "One.")]
    store.verdicts.record(Verdict(two.id, "rejected"))
    store.verdicts.record(Verdict(one.id, "preferred", over=two.id))
    store.verdicts.record(Verdict(two.id, "preferred", over=one.id))
    assert texts(store) == [("One, then.", "One."), ("Two.", "One.")]


def test_a_pair_is_known_by_its_texts(store: Store) -> None:
    one = drafted(store, "One.")
    store.verdicts.record(Verdict(one.id, "accepted", "One!"))
    (before,) = pairs_in(store)
    store.runs.start({}, {}, {"train": {before.id: one.id}})
    store.verdicts.record(Verdict(one.id, "accepted", "One?"))
    (after,) = pairs_in(store)
    assert after.id != before.id
    assert [pair.id for pair in ever_in(store)] == [before.id, after.id]


def test_a_run_remembers_the_pairs_that_it_saw_and_the_ledger_counts_them(store: Store) -> None:
    run = store.runs.start({}, {}, {"train": {"p": "d1", "q": "d2"}, "heldout": {"r": "d3"}})
    assert store.runs.pairs(run.id, "train") == {"p": "d1", "q": "d2"}
    assert store.runs.pairs(run.id, "heldout") == {"r": "d3"}
    assert store.runs.that_saw_pairs(["d2", "d3"]) == {run.id: True}
    assert store.runs.that_saw_pairs(["d3"]) == {run.id: False}
    assert list(store.ledger.lines())[-1].facts["pairs"] == {"train": 2, "heldout": 1}
