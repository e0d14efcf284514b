"""Which pairs teach a run and which measure it; nothing that measures has been seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.pairs import Pair, pairs_in
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune_adapters.examples import PIECE_WORDS
from microtune_adapters.preferences import (
    FEWEST,
    FEWEST_HELDOUT,
    Pairs,
    learned_by,
    passages_of,
    prompt_of,
    recalled_pairs,
    split_pairs,
    told_by_pairs,
    unknown_to,
    usable,
)
from tests.adapters.edits import drafted, edit
from tests.adapters.writers import document, filled, keep, letter


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    with filled(Home.find(), 5) as store:
        yield store


def edited(store: Store, count: int) -> list[Pair]:
    for number in range(count):
        edit(store, number)
    return usable(store)


def test_the_newest_are_held_out_and_no_draft_has_two_roles(store: Store) -> None:
    pairs = edited(store, 80)
    split = split_pairs(pairs, [], [], {})
    assert (list(split.train), list(split.heldout)) == (pairs[:72], pairs[72:])
    last, other = pairs[-1].draft, pairs[0].draft
    store.verdicts.record(Verdict(other.id, "preferred", over=last.id))
    split = split_pairs(usable(store), [], [], {})
    drafts = [{pair.draft.id for pair in part} for part in (split.train, split.heldout)]
    assert other.id in drafts[1]
    assert not drafts[0] & drafts[1]


@pytest.mark.parametrize("count", [0, 1, FEWEST, FEWEST + FEWEST_HELDOUT - 1])
def test_too_few_are_not_used(store: Store, count: int) -> None:
    assert split_pairs(edited(store, count), [], [], {}) == Pairs()


def test_what_is_measured_or_steered_by_is_not_learned_from_in_pairs(store: Store) -> None:
    """An edited draft was sent, and is collected as a text."""
    pairs = edited(store, 60)
    sent = f"Hello. {pairs[3].chosen} Bye."
    split = split_pairs(pairs, [sent], [], {})
    assert pairs[3] in split.heldout
    assert pairs[2] in split.train


def test_a_pair_whose_better_text_is_trained_on_measures_nothing(store: Store) -> None:
    pairs = edited(store, 60)
    trained = [letter(1), f"{pairs[-1].chosen} Bye."]
    split = split_pairs(pairs, [], trained, {})
    assert pairs[-1] in split.train
    assert list(split.heldout) == pairs[-7:-1]
    assert unknown_to(store, "a" * 12, trained) == pairs[:-1]


def test_what_an_adapter_learned_from_measures_none_that_goes_on_from_it(store: Store) -> None:
    pairs = edited(store, 60)
    inherited = {pair.id: pair.draft.id for pair in pairs[-10:]}
    split = split_pairs(pairs, [], [], inherited)
    assert not {pair.id for pair in split.heldout} & inherited.keys()
    assert split.heldout[-1] == pairs[49]
    assert inherited.items() <= split.roles()["train"].items()


def test_a_run_is_recalled_with_the_pairs_that_still_are(store: Store) -> None:
    split = split_pairs(edited(store, 40), [], [], {"gone": "d"})
    run = store.runs.start({}, {}, split.roles())
    store.runs.finish(run.id, "promoted", "", "a" * 12)
    recalled = recalled_pairs(store, run.id)
    assert (recalled.train, recalled.heldout) == (split.train, split.heldout)
    assert learned_by(store, "a" * 12) == split.roles()["train"]
    assert unknown_to(store, "a" * 12, []) == list(split.heldout)
    assert len(unknown_to(store, "b" * 12, [])) == 40
    store.drafts.erase([split.train[0].draft.id])
    assert len(recalled_pairs(store, run.id).train) == len(split.train) - 1


def test_a_text_that_an_adapter_met_in_a_pair_is_known(store: Store) -> None:
    (pair,) = edited(store, 1)
    keep(store, document(9, f"{pair.chosen} So it was."))
    run = store.runs.start({}, {}, {"train": {pair.id: pair.draft.id}})
    store.runs.finish(run.id, "promoted", "", "a" * 12)
    assert told_by_pairs(store, "a" * 12) == {document(9, f"{pair.chosen} So it was.").id}
    assert told_by_pairs(store, "b" * 12) == frozenset()


def test_the_prompt_is_that_of_the_draft_with_the_passages_that_still_are(store: Store) -> None:
    edit(store, 1, drew_on=document(1).id)
    (pair,) = pairs_in(store)
    passages = passages_of(store, pair, {document(1).id})
    assert passages == [letter(1)]
    turns = prompt_of(pair, passages) or []
    assert letter(1) in turns[0].content
    assert "About: tea" in turns[1].content
    assert passages_of(store, pair, {document(2).id}) == []
    store.kept.erase([document(1).id])
    assert passages_of(store, pair, {document(1).id}) == []


def test_the_text_of_a_long_rewrite_answers_no_single_prompt(store: Store) -> None:
    long = " ".join(["One more sentence."] * PIECE_WORDS[1])
    for text in ("One sentence.", long):
        draft = drafted(store, "Short.", command="rewrite", text=text)
        store.verdicts.record(Verdict(draft.id, "accepted", "Shorter."))
    assert [pair.draft.request["text"] for pair in usable(store)] == ["One sentence."]
