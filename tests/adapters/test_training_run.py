"""A training run from documents to a verdict, honest either way, with nothing left behind."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from microtune.contracts import Progress
from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_adapters.engine.native import NativeModel
from microtune_adapters.gate import Unfit
from microtune_adapters.recipes import Recipe, choose_recipe
from microtune_adapters.rows import Rows
from tests.adapters.training import MINUTES, Training, events, folders
from tests.adapters.writers import document, filled, keep

HELD_OUT = range(50, 60)


@pytest.fixture
def store(training: Training) -> Iterator[Store]:
    with filled(training.home) as store:
        yield store


def test_the_whole_way_ends_in_a_promoted_adapter(
    training: Training, store: Store, native: NativeModel
) -> None:
    trained_on: list[str] = []

    def look(progress: Progress) -> None:
        if progress.step == 1:
            [folder] = folders(training.home)
            for kind in ("rows", "validation"):
                rows = Rows.load(training.home.runs / folder / f"{kind}.npz")
                trained_on.append(spelt(rows, native))

    outcome = training.run(store, progress=look)

    assert outcome.verdict.promoted, outcome.verdict.reason
    assert outcome.fidelity.cosine > 0.999
    bits = outcome.measurement.bits_per_byte
    assert bits["adapter_rag"] < min(bits["base"], bits["base_rag"])
    assert outcome.measurement.documents == 10
    card = training.library.active()
    assert card is not None
    assert card.id == outcome.adapter
    assert (card.verdict, card.reason) == ("promoted", outcome.verdict.reason)
    assert card.documents + len(store.runs.documents(outcome.run, "validation")) == 50
    assert card.measurements["bits_per_byte"] == bits
    assert Recipe.from_dict(dict(card.recipe)) is not None
    run = store.runs.get(outcome.run)
    assert (run.state, run.adapter, run.snapshot) == ("promoted", card.id, card.data_sha256)
    assert events(store)[-3:] == ["run started", "promoted", "run finished"]
    assert store.ledger.verify() == []
    assert folders(training.home) == []

    assert all("Letter " in text for text in trained_on)
    for number in HELD_OUT:
        assert not any(f"Letter {number}," in text for text in trained_on)
    with_passages = [p for p in training.prompts if p.startswith("From the same writer:")]
    assert len(with_passages) >= 20
    for number in HELD_OUT:
        assert not any(f"Letter {number}," in prompt for prompt in with_passages)


def spelt(rows: Rows, native: NativeModel) -> str:
    """All text that stands in rows; a mark between segments keeps examples apart."""
    ends = np.diff(rows.segments, axis=1, append=0) != 0
    pieces = zip(rows.ids.flat, rows.segments.flat, ends.flat, strict=True)
    spelt = b"".join(
        native.piece(int(id)) + b"|" * bool(end) for id, segment, end in pieces if segment
    )
    return spelt.decode("utf-8", "replace")


def test_a_worse_adapter_does_not_replace_the_active_one(training: Training, store: Store) -> None:
    first = training.run(store)
    worse = training.run(store, minutes=0.4 * MINUTES, anew=True)  # four steps instead of ten
    assert first.verdict.promoted
    assert worse.adapter != first.adapter
    assert not worse.verdict.promoted
    assert f"worse than the active adapter {first.adapter}" in worse.verdict.reason
    active = training.library.active()
    assert active is not None
    assert active.id == first.adapter


def test_what_does_not_help_is_rejected_and_not_served(training: Training) -> None:
    """The newest texts are nothing like the others: what was learned makes them less likely."""
    with Store.open(training.home) as store:
        keep(store, *map(document, range(50)))
        keep(store, *(document(n, f"QZX{n} " + "#%&@ KJQXZ 7719 ^~" * 20) for n in HELD_OUT))
        outcome = training.run(store)
        assert not outcome.verdict.promoted
        assert outcome.verdict.reason.startswith("not clearly better than the base")
        assert training.library.active() is None
        [(card, state)] = training.library.list()
        assert (card.id, state, card.reason) == (
            outcome.adapter,
            "rejected",
            outcome.verdict.reason,
        )
        assert store.runs.get(outcome.run).state == "rejected"
        assert "promoted" not in events(store)
        assert folders(training.home) == []


def test_training_that_changes_nothing_is_rejected_and_not_resumed(
    training: Training, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def idle(**facts: object) -> Recipe:
        return replace(choose_recipe(**facts), learning_rate=0.0)  # type: ignore[arg-type]

    monkeypatch.setattr("microtune_adapters.lineage_choice.choose_recipe", idle)
    with pytest.raises(Unfit, match="all zero: training changed nothing"):
        training.run(store, minutes=0.0)
    assert store.runs.unfinished() is None
    assert "all zero" in store.runs.all()[0].reason
    assert store.runs.all()[0].state == "rejected"
    assert folders(training.home) == []
    assert training.library.list() == ()


def test_too_few_documents_give_a_line_and_no_run(training: Training) -> None:
    with (
        filled(training.home, 19) as store,
        pytest.raises(MicrotuneError, match="at least 20 documents, and there are 19"),
    ):
        training.run(store)
    with Store.open(training.home) as store:
        assert store.runs.all() == ()
