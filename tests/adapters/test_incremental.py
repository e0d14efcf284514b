"""Training goes on from the active adapter: the whole way, also when it is interrupted."""

from collections.abc import Iterator

import pytest

from microtune.contracts import Progress
from microtune.errors import Interrupted, MicrotuneError
from microtune.store import Store
from microtune_adapters.checkpoints import NAME
from microtune_adapters.gate import NoGain
from microtune_adapters.heldout import trained_on
from microtune_adapters.lineage import Lineage, NothingNew
from microtune_adapters.peft_format import CONFIG, read_peft
from microtune_adapters.rows import Rows
from tests.adapters.trainer_contract import after, largest_difference
from tests.adapters.training import Training, events, folders
from tests.adapters.writers import document, filled, keep

FIRST, MORE = 60, 8


@pytest.fixture
def store(training: Training, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr("microtune_adapters.lineage_snapshot.REPLAY_WORDS", 600)
    with filled(training.home, FIRST) as store:
        yield store


def write_more(store: Store) -> None:
    keep(store, *map(document, range(FIRST, FIRST + MORE)))


def test_a_second_run_goes_on_with_what_is_new(training: Training, store: Store) -> None:
    first = training.run(store)
    write_more(store)
    rows: list[Rows] = []

    def look(progress: Progress) -> None:
        if not rows:
            [folder] = folders(training.home)
            rows.append(Rows.load(training.home.runs / folder / "rows.npz"))

    second = training.run(store, progress=look)
    lineage = second.lineage
    assert (lineage.how, lineage.parent, lineage.generation) == ("continued", first.adapter, 1)
    assert 1 <= lineage.new_documents <= MORE
    assert 1 <= lineage.replayed < 20
    assert second.trained.validation[0][0] == 0
    card = training.library.find(second.adapter)
    before = training.library.find(first.adapter)
    assert Lineage.from_dict(card.lineage) == lineage
    assert card.parent == first.adapter
    assert card.documents == before.documents + lineage.new_documents
    heldout = set(store.runs.documents(second.run, "heldout"))
    assert not heldout & trained_on(store, before)
    assert trained_on(store, before) < trained_on(store, card)
    assert second.measurement.documents == len(heldout) == 10


def test_nothing_new_leaves_no_trace(training: Training, store: Store) -> None:
    first = training.run(store)
    before = events(store)
    with pytest.raises(NothingNew, match=first.adapter):
        training.run(store)
    assert events(store) == before
    assert folders(training.home) == []
    again = training.run(store, anew=True)
    assert (again.lineage.how, again.adapter) == ("anew", first.adapter)


def test_interrupted_it_goes_on_to_the_same_weights(training: Training, store: Store) -> None:
    """Twice from the same adapter: stopped on the way with a damaged checkpoint, and never."""
    first = training.run(store)
    write_more(store)
    for steps in (2, 3):
        with pytest.raises(Interrupted):
            training.run(store, after(steps))
    [folder] = folders(training.home)
    newest = training.home.runs / folder / NAME
    newest.write_bytes(newest.read_bytes()[:-2000])
    halting = training.run(store)
    assert "went on from the one before, at step 2" in halting.trained.note
    assert training.library.find(halting.adapter).measurements["note"] == halting.trained.note
    kept = read_peft(training.library.path(halting.adapter))

    training.library.use(first.adapter)
    whole = training.run(store)
    assert whole.lineage.parent == first.adapter
    assert largest_difference(read_peft(training.library.path(whole.adapter)), kept) <= 1e-6


def interrupted(training: Training, store: Store) -> str:
    """The id of a run that goes on from the active adapter and was interrupted in it."""
    write_more(store)
    with pytest.raises(Interrupted):
        training.run(store, after(2))
    return store.runs.all()[0].id


def test_anew_leaves_an_interrupted_run_that_goes_on(training: Training, store: Store) -> None:
    training.run(store)
    left = interrupted(training, store)
    outcome = training.run(store, anew=True)
    assert outcome.run != left
    assert outcome.lineage.how == "anew"
    assert store.runs.get(left).state == "failed"


def test_an_adapter_that_cannot_be_read_costs_no_interrupted_run(
    training: Training, store: Store
) -> None:
    first = training.run(store)
    left = interrupted(training, store)
    config = training.library.path(first.adapter) / CONFIG
    kept = config.rename(config.with_suffix(".kept"))
    config.mkdir()  # EISDIR, even for root
    with pytest.raises(MicrotuneError, match=CONFIG):
        training.run(store)
    config.rmdir()
    kept.rename(config)
    assert training.run(store).run == left


def test_without_its_adapter_an_interrupted_run_begins_anew(
    training: Training, store: Store
) -> None:
    first = training.run(store)
    interrupted(training, store)
    training.library.rollback()
    training.library.remove(first.adapter)
    outcome = training.run(store)
    assert outcome.lineage.how == "anew"
    assert "gone" in store.runs.all()[1].reason


def test_no_gain_is_a_rejected_run_and_the_adapter_stays(
    training: Training, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = training.run(store)
    write_more(store)
    with monkeypatch.context() as patch:
        patch.setattr("microtune_adapters.trainer_loop.learning_rate", lambda *_: -0.01)
        with pytest.raises(NoGain):
            training.run(store)
    active = training.library.active()
    assert active is not None
    assert active.id == first.adapter
    assert store.runs.all()[0].state == "rejected"
    assert folders(training.home) == []
    assert training.run(store).lineage.how == "anew"
