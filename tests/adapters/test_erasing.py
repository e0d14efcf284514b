"""Erasing: what learned from forgotten texts is gone, whoever was at work, and training goes on."""

from pathlib import Path

import pytest

from microtune.contracts import Progress
from microtune.daemon.need import need_of
from microtune.errors import MicrotuneError
from microtune.forgetting import ENDED
from microtune.store import Store
from microtune_adapters.cards import CARD_FILE
from microtune_adapters.erasing import REASON, settle
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.library import Library
from tests.adapters.test_library import admitted, states
from tests.adapters.training import Training, events, folders
from tests.adapters.writers import filled
from tests.microtune.leftovers import forget


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "adapters")


def left(library: Library, id: str) -> list[str]:
    return [path.name for path in library.path(id).iterdir()]


def test_an_erased_adapter_keeps_its_card_and_nothing_else(
    library: Library, base_file: Path, tmp_path: Path
) -> None:
    a, b, c = (admitted(library, base_file, seed) for seed in range(3))
    for id in (a, b, c):
        library.promote(id)
    library.erase(b, REASON)
    assert states(library) == {a: "retired", b: "retired", c: "active"}
    library.erase(c, REASON)  # the one before it is b, which is gone
    assert states(library) == {a: "active", b: "retired", c: "retired"}
    assert left(library, b) == left(library, c) == [CARD_FILE]
    assert library.damaged() == ()
    for use in (library.use, library.promote, lambda id: library.export(id, tmp_path / "x.zip")):
        with pytest.raises(MicrotuneError, match=f"{c} is no more: {REASON}") as caught:
            use(c)
        assert "microtune train" in caught.value.remedy
    library.erase(a, REASON)
    assert library.active() is None
    with pytest.raises(MicrotuneError, match="no adapter is active"):
        library.rollback()
    library.erase(a, REASON)  # harmless when repeated
    library.remove(a)
    assert set(states(library)) == {b, c}


def test_only_an_adapter_of_the_same_base_takes_the_place(
    library: Library, base_file: Path, other_base_file: Path
) -> None:
    other = admitted(library, other_base_file, 0)
    mine = admitted(library, base_file, 1)
    library.promote(other)
    library.promote(mine)
    library.erase(mine, REASON)
    assert library.active() is None


def test_what_learned_from_a_text_is_retired_and_trained_anew(training: Training) -> None:
    with filled(training.home) as store:
        first = training.run(store)
        learned = store.runs.documents(first.run, "train")[0]
        forget(store, learned)
        assert settle(store, training.library) == (first.adapter,)
        assert training.library.active() is None
        assert left(training.library, first.adapter) == [CARD_FILE]
        assert events(store)[-3:] == ["forgotten", "retired", "erased"]
        assert need_of(store, inspect_base(training.base).sha256, misfit=False).wanted(10**6)
        assert settle(store, training.library) == ()

        second = training.run(store)
        assert second.lineage.how == "anew"
        assert second.verdict.promoted
        assert not need_of(store, inspect_base(training.base).sha256, False).wanted(10**6)
        forget(store, store.runs.documents(second.run, "train")[0])
        assert settle(store, training.library) == (second.adapter,)  # the first was told before


def test_a_text_that_only_measured_costs_no_adapter(training: Training) -> None:
    with filled(training.home) as store:
        first = training.run(store)
        forget(store, store.runs.documents(first.run, "heldout")[0])
        assert settle(store, training.library) == ()
        active = training.library.active()
        assert active is not None
        assert active.id == first.adapter
        assert not store.erasures.ask_for_training()


def test_a_run_under_way_leaves_and_its_folder_with_it(training: Training) -> None:
    """Another process forgets while this one trains."""
    with filled(training.home) as store, Store.open(training.home) as other:

        def forget_amid(progress: Progress) -> None:
            if progress.step == 3:
                run = other.runs.unfinished()
                assert run is not None
                forget(other, other.runs.documents(run.id, "train")[0])

        with pytest.raises(MicrotuneError, match=f"this run was ended: {ENDED}"):
            training.run(store, progress=forget_amid)
        assert training.steps[-1].step <= 4
        assert folders(training.home) == []
        assert settle(other, training.library) == ()
        assert other.erasures.pending() == ()
        assert training.run(store).verdict.promoted


def test_forgotten_while_it_was_measured_it_is_not_kept(training: Training) -> None:
    with filled(training.home) as store, Store.open(training.home) as other:
        done: list[str] = []

        def forget_late() -> bool:
            run = other.runs.unfinished()
            if len(training.prompts) > 5 and run is not None:
                done.append(run.id)
                forget(other, other.runs.documents(run.id, "train")[0])
            return False

        with pytest.raises(MicrotuneError, match="this run was ended"):
            training.run(store, stop=forget_late)
        assert done
        assert training.library.list() == ()
        assert folders(training.home) == []


def test_an_interrupted_run_is_erased_with_its_checkpoints(training: Training) -> None:
    with filled(training.home) as store:
        with pytest.raises(MicrotuneError):
            training.run(store, stop=lambda: len(training.steps) > 3)
        [folder] = folders(training.home)
        assert list((training.home.runs / folder).glob("checkpoint*"))
        forget(store, store.runs.documents(folder, "train")[0])
        settle(store, training.library)
        assert folders(training.home) == []


def test_the_next_run_ends_what_was_cut_off(training: Training) -> None:
    with filled(training.home) as store:
        first = training.run(store)
        forget(store, store.runs.documents(first.run, "train")[0])  # and killed here
        active = training.library.active()
        assert active is not None
        second = training.run(store)
        assert second.lineage.how == "anew"
        assert left(training.library, first.adapter) == [CARD_FILE]
        assert store.erasures.pending() == ()
