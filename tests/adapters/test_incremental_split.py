"""A run that goes on sees what is new and a bounded few of the old, and is measured honestly."""

import random
from pathlib import Path

import pytest

from microtune.curation.split import validation_slice
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.lineage import withdrawn
from microtune_adapters.lineage_snapshot import REPLAY_WORDS, Continuation, continuation
from microtune_adapters.replay import replayed
from microtune_adapters.training_data import take_snapshot
from tests.adapters.lineages import ancestor, ids
from tests.adapters.writers import LETTERS, document, filled, keep, letter


def begun(store: Store) -> tuple[set[str], set[str]]:
    """What a run from scratch fits and watches."""
    snapshot = take_snapshot(store)
    return ids(snapshot.train), ids(snapshot.validation)


def test_as_many_texts_become_known_as_are_new(own_home: Path) -> None:
    with filled(Home.find(), 60) as store:
        fitted, watched = begun(store)
        earlier = ids(take_snapshot(store).heldout)
        keep(store, *map(document, range(60, 67)))
        found = continuation(store, ancestor(fitted, watched))
        assert len(ids(found.new) | ids(found.snapshot.validation) - watched) == 7
        assert ids(found.new) <= earlier
        assert {d.place for d in found.snapshot.heldout} == {f"{n}.txt" for n in range(57, 67)}
        assert ids(found.snapshot.studied) == ids(found.new) | ids(found.replayed)
        assert ids(found.replayed) <= fitted


def test_without_new_texts_nothing_is_new(own_home: Path) -> None:
    with filled(Home.find(), 60) as store:
        assert continuation(store, ancestor(*begun(store))).new == ()


def test_the_only_new_text_is_trained_on_whatever_its_draw(own_home: Path) -> None:
    with filled(Home.find(), 60) as store:
        fitted, watched = begun(store)
        backdated = next(d for d in map(document, range(-1, -999, -1)) if steers(d))
        keep(store, backdated)
        assert continuation(store, ancestor(fitted, watched)).new == (backdated,)


def steers(one: Document) -> bool:
    """Whether a text is drawn to steer training where there are many."""
    others = [document(n) for n in range(2000, 2100)]
    return one in validation_slice([one, *others])[1]


def test_a_backdated_text_is_trained_on_and_measures_nothing(own_home: Path) -> None:
    with Store.open(Home.find()) as store:
        keep(store, *map(document, range(0, 120, 2)))
        fitted, watched = begun(store)
        keep(store, *map(document, range(1, 30, 2)))
        found = continuation(store, ancestor(fitted, watched))
        assert {int(d.place.removesuffix(".txt")) % 2 for d in found.snapshot.heldout} == {0}
        assert not ids(found.snapshot.heldout) & (fitted | watched)
        assert len(found.new) >= 10


def test_a_newer_version_of_a_known_text_is_trained_on_and_measures_nothing(
    own_home: Path,
) -> None:
    with filled(Home.find(), 60) as store:
        fitted, watched = begun(store)
        known = sorted(fitted)[0]
        number = int(store.documents.get(known).place.removesuffix(".txt"))
        moved = document(1000, "Once more: " + letter(number))
        edited = type(moved)(moved.text, "text", LETTERS.id, f"{number}.txt", written=moved.written)
        keep(store, edited)
        found = continuation(store, ancestor(fitted, watched))
        assert ids(found.new) == {edited.id}
        assert known in found.snapshot.roles()["train"]
        assert known not in ids(found.snapshot.train)
        assert not withdrawn(store, frozenset(fitted))
        store.documents.supersede_source(LETTERS.id)
        assert withdrawn(store, frozenset(fitted))


@pytest.mark.parametrize("seed", range(8))
def test_no_text_ever_measures_or_steers_what_was_fitted_to_it(own_home: Path, seed: int) -> None:
    """A life of eight runs: texts arrive, old and new, and some are edited."""
    chance = random.Random(seed)
    with filled(Home.find(), 60) as store:
        fitted, watched = begun(store)
        for generation in range(8):
            arrive(store, chance, generation)
            found = continuation(store, ancestor(fitted, watched, id=f"{generation:012}"))
            assert_honest(store, found, fitted, watched)
            roles = found.snapshot.roles()
            fitted, watched = set(roles["train"]), set(roles["validation"])


def arrive(store: Store, chance: random.Random, generation: int) -> None:
    for _ in range(chance.randrange(12)):
        number = chance.randrange(-500, 500)
        text = f"Draft {generation}. " * chance.randrange(2) + letter(number)
        keep(store, document(number, text))


def assert_honest(store: Store, found: Continuation, fitted: set[str], watched: set[str]) -> None:
    snapshot = found.snapshot
    live = ids(store.documents.live())
    parts = [ids(snapshot.train), ids(snapshot.validation), ids(snapshot.heldout)]
    assert set.union(*parts) == live
    assert sum(map(len, parts)) == len(live)
    assert not parts[2] & (fitted | watched)
    assert not parts[1] & fitted
    assert not parts[0] & watched
    known_places = {store.documents.get(id).place for id in fitted | watched}
    assert not {d.place for d in snapshot.heldout} & known_places
    assert fitted <= set(snapshot.roles()["train"])
    assert ids(snapshot.watched) <= parts[1]
    assert snapshot.words <= found.new_words + 2 * max(found.new_words, REPLAY_WORDS)


def test_what_is_studied_does_not_grow_with_the_archive(own_home: Path) -> None:
    words = []
    for count in (300, 900):
        home = Home(own_home / str(count))
        with filled(home, count) as store:
            known = begun(store)
            keep(store, *map(document, range(count, count + 10)))
            words.append(continuation(store, ancestor(*known)).snapshot.words)
    assert max(words) < 1.2 * min(words)


def test_replay_is_bounded_drawn_by_its_seed_and_newer_ones_come_more_often() -> None:
    old = [document(n) for n in range(400)]
    one, other = replayed(old, 1_000, "a"), replayed(old, 1_000, "b")
    assert one == replayed(old, 1_000, "a")
    assert one != other
    assert 1_000 <= sum(d.words for d in one) < 1_100
    assert one == [d for d in old if d in one]
    drawn = [old.index(d) for seed in range(40) for d in replayed(old, 1_000, str(seed))]
    newer = sum(at >= 200 for at in drawn) / len(drawn)
    assert 0.68 < newer < 0.82  # three quarters of the weights


def test_replay_passes_over_what_is_too_long_unless_there_is_nothing_else() -> None:
    book, note = document(1, "word " * 5_000), document(2)
    assert replayed([book, note], 1_000, "a") == [note]
    assert replayed([book], 1_000, "a") == [book]
    assert replayed([], 1_000, "a") == []
