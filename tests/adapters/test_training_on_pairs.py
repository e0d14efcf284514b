"""A run learns from edits of drafts beside texts, says how, and leaves nothing of them behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune import forgetting
from microtune.contracts import Progress
from microtune.errors import Interrupted, MicrotuneError
from microtune.forgetting import ENDED
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.erasing import settle
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.heldout import measure_on_pairs
from microtune_adapters.preferences import FEWEST, FEWEST_HELDOUT
from tests.adapters.edits import drafted, edit
from tests.adapters.training import Training, events, folders
from tests.adapters.writers import document, filled, keep, letter
from tests.microtune.leftovers import left_of

ENOUGH = FEWEST + FEWEST_HELDOUT


@pytest.fixture
def store(training: Training) -> Iterator[Store]:
    with filled(training.home) as store:
        for number in range(ENOUGH):
            edit(store, number, drew_on=document(number).id)
        yield store


def test_a_run_tells_how_it_does_on_edits_that_it_did_not_see(
    training: Training, store: Store
) -> None:
    outcome = training.run(store)
    pairs = outcome.pairs
    assert pairs
    assert (pairs.trained, pairs.heldout) == (FEWEST, FEWEST_HELDOUT)
    assert pairs.before.low <= pairs.before.share <= pairs.before.high
    assert pairs.after.share >= pairs.before.share
    card = training.library.find(outcome.adapter)
    assert card.measurements["pairs"] == pairs.to_dict()
    assert len(store.runs.pairs(outcome.run, "train")) == FEWEST
    assert folders(training.home) == []
    assert "edits" not in outcome.verdict.reason
    learned = [line for line in store.ledger.lines() if line.event == "run started"]
    assert learned[-1].facts["pairs"] == {"train": FEWEST, "heldout": FEWEST_HELDOUT}


def test_an_adapter_is_measured_later_on_edits_that_are_new(
    training: Training, store: Store, base_file: Path
) -> None:
    outcome = training.run(store)
    card = training.library.find(outcome.adapter)
    for number in range(100, 103):
        edit(store, number)
    engine = LlamaEngine(base_file, 512, 1)
    try:
        found = measure_on_pairs(store, training.library, card, engine, lambda done, total: None)
    finally:
        engine.close()
    assert found
    assert (found.trained, found.heldout) == (FEWEST, FEWEST_HELDOUT + 3)


def test_with_too_few_edits_a_run_is_as_without_any(training: Training) -> None:
    with filled(training.home) as store:
        plain = training.run(store)
        for number in range(FEWEST):
            edit(store, number)
        again = training.run(store, anew=True)
    assert again.adapter == plain.adapter
    assert again.pairs is None


def test_edits_never_bring_an_adapter_that_is_worse_on_held_out_texts(training: Training) -> None:
    """The newest texts are nothing like the others, and the edits are learned well."""
    with Store.open(training.home) as store:
        keep(store, *map(document, range(50)))
        keep(store, *(document(n, f"QZX{n} " + "#%&@ KJQXZ 7719 ^~" * 20) for n in range(50, 60)))
        for number in range(ENOUGH):
            edit(store, number)
        outcome = training.run(store)
        assert outcome.pairs
        assert not outcome.verdict.promoted
        assert training.library.active() is None


def test_an_interrupted_run_goes_on_with_the_same_edits(training: Training, store: Store) -> None:
    whole = training.run(store)
    training.library.rollback()
    store.verdicts.record(Verdict(drafted(store, "Late.").id, "accepted", "Too late, alas."))
    training.steps.clear()
    with pytest.raises(Interrupted):
        training.run(store, anew=True, stop=lambda: len(training.steps) >= 4)
    resumed = training.run(store)
    assert resumed.pairs
    assert resumed.pairs.trained >= FEWEST
    assert events(store).count("run started") == 2
    assert whole.run != resumed.run


def test_forgetting_an_edit_ends_the_run_under_way_and_erases_what_learned_from_it(
    training: Training, store: Store
) -> None:
    done = training.run(store)
    draft = drafted(store, "Kindly tell Tamsin.")
    store.verdicts.record(Verdict(draft.id, "accepted", "Tell Tamsin, alas."))
    for number in range(200, 200 + FEWEST_HELDOUT):
        edit(store, number)

    def forget(progress: Progress) -> None:
        if progress.step == 2:
            (folder,) = folders(training.home)
            assert (training.home.runs / folder / "pairs.npz").exists()
            forgetting.forget(store, forgetting.find_target(store, "tamsin"))

    with pytest.raises(MicrotuneError, match=ENDED):
        training.run(store, progress=forget, anew=True)
    assert folders(training.home) == []
    settle(store, training.library)
    assert left_of(training.home.path, ["tamsin"]) == []
    assert not training.library.find(done.adapter).erased

    edited = next(iter(store.runs.pairs(done.run, "train").values()))
    words = next(v.text for v in store.verdicts.all() if v.draft == edited)
    forgetting.forget(store, forgetting.find_target(store, words))
    assert settle(store, training.library) == (done.adapter,)
    assert training.library.find(done.adapter).erased


def test_a_run_that_goes_on_measures_none_of_what_its_parent_learned(
    training: Training, store: Store
) -> None:
    first = training.run(store)
    before = store.runs.pairs(first.run, "train")
    sent = next(v.text for v in store.verdicts.all() if v.draft in before.values())
    keep(store, document(70, f"{letter(70)} {sent}"), *map(document, range(71, 80)))
    for number in range(100, 100 + ENOUGH):
        edit(store, number)
    second = training.run(store)
    assert second.lineage.parent == first.adapter
    assert before.items() <= store.runs.pairs(second.run, "train").items()
    assert not before.keys() & store.runs.pairs(second.run, "heldout").keys()
    told = document(70, f"{letter(70)} {sent}").id
    assert told in store.runs.documents(second.run, "train")
    assert inspect_base(training.base).sha256 == training.library.find(second.adapter).base_sha256
