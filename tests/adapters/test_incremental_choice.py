"""When a run goes on from the active adapter, and when it starts from scratch, and why."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.runs import End
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.cards import Card
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.library import Library
from microtune_adapters.lineage import Lineage, NothingNew
from microtune_adapters.lineage_choice import Intent, Wish, intent, recall_intent, recorded
from tests.adapters.lineages import ids, made
from tests.adapters.writers import FIRST_DAY, LETTERS, document, filled, keep, letter

WISH = Wish(minutes=1)


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    with filled(Home.find(), 60) as store:
        yield store


def wished(store: Store, base_file: Path, wish: Wish = WISH) -> Intent:
    return intent(store, Library(store.home.adapters), inspect_base(base_file), wish)


def more(store: Store, count: int = 8) -> None:
    keep(store, *(document(n) for n in range(200, 200 + count)))


def test_the_first_run_is_from_scratch(store: Store, base_file: Path) -> None:
    first = wished(store, base_file)
    assert (first.lineage.how, first.lineage.parent) == ("anew", "")
    assert first.snapshot.studied == first.snapshot.train
    assert first.lineage.new_documents == len(first.snapshot.train)


def test_new_texts_are_learned_on_from_the_active_adapter(
    store: Store, base_file: Path, tmp_path: Path
) -> None:
    scratch = wished(store, base_file)
    active = made(store, base_file, tmp_path / "work", Lineage(generation=2))
    more(store)
    on = wished(store, base_file)
    assert (on.lineage.how, on.lineage.parent, on.lineage.generation) == ("continued", active, 3)
    assert on.lineage.new_documents + on.lineage.replayed == len(on.snapshot.studied)
    assert on.recipe.learning_rate < scratch.recipe.learning_rate
    assert on.recipe.epochs < scratch.recipe.epochs
    assert (on.recipe.rank, on.recipe.alpha) == (scratch.recipe.rank, scratch.recipe.alpha)


def test_nothing_new_is_said_unless_it_is_asked_for(
    store: Store, base_file: Path, tmp_path: Path
) -> None:
    active = made(store, base_file, tmp_path / "work")
    with pytest.raises(NothingNew, match=f"Nothing new since adapter {active}. .*--anew") as said:
        wished(store, base_file)
    assert said.value.exit_code == 0
    for wish in (replace(WISH, anew=True), replace(WISH, seed=3)):
        asked = wished(store, base_file, wish)
        assert (asked.lineage.how, asked.lineage.why) == ("anew", "asked for")
        assert asked.recipe.seed == (wish.seed or 0)


@pytest.mark.parametrize(
    ("lineage", "rank", "why"),
    [
        (Lineage(generation=7), 0, "every 8th run"),
        (Lineage(curation=-1), 0, "curated otherwise"),
        (None, 8, "shape changed"),
    ],
)
def test_it_starts_over_with_a_reason(
    store: Store, base_file: Path, tmp_path: Path, lineage: Lineage | None, rank: int, why: str
) -> None:
    made(store, base_file, tmp_path / "work", lineage, rank)
    more(store)
    assert why in wished(store, base_file).lineage.why


def test_an_adapter_of_an_earlier_microtune_is_not_gone_on_from(
    store: Store, base_file: Path, tmp_path: Path
) -> None:
    active = made(store, base_file, tmp_path / "work")
    path = store.home.adapters / active / "card.json"
    path.write_text(replace(Card.read(path.parent), lineage={}).to_json())
    assert "earlier microtune" in wished(store, base_file).lineage.why


def test_more_new_than_old_starts_over(store: Store, base_file: Path, tmp_path: Path) -> None:
    made(store, base_file, tmp_path / "work")
    more(store, 70)
    assert "more is new" in wished(store, base_file).lineage.why


def test_withdrawn_texts_start_over(store: Store, base_file: Path, tmp_path: Path) -> None:
    made(store, base_file, tmp_path / "work")
    other = replace(LETTERS, place="/ada/more")
    store.documents.supersede_source(LETTERS.id)
    store.sources.add(other, "Yes.")
    consent = store.sources.consent(other.id) or ""
    for number in range(300, 330):
        text = letter(number)
        put = Document(text, "text", other.id, f"{number}.txt", written=FIRST_DAY)
        store.documents.put(put, None, consent)
    assert "withdrawn" in wished(store, base_file).lineage.why


def test_what_was_trained_elsewhere_is_not_gone_on_from(
    store: Store, base_file: Path, tmp_path: Path
) -> None:
    active = made(store, base_file, tmp_path / "work")
    file = tmp_path / "handed-on"
    Library(store.home.adapters).export(active, file)
    elsewhere = Home(tmp_path / "elsewhere")
    library = Library(elsewhere.adapters)
    library.promote(library.import_(file, inspect_base(base_file)))
    with filled(elsewhere, 60) as other:
        assert "not known here" in wished(other, base_file).lineage.why


@pytest.mark.parametrize(("how", "then"), [("continued", "anew"), ("anew", "continued")])
def test_after_a_rejected_run_the_other_way_is_tried(
    store: Store, base_file: Path, tmp_path: Path, how: str, then: str
) -> None:
    made(store, base_file, tmp_path / "work", Lineage(generation=7 if how == "anew" else 0))
    more(store)
    tried = wished(store, base_file)
    assert tried.lineage.how == how
    end(store, base_file, tried, "rejected")
    assert wished(store, base_file).lineage.how == then


def end(store: Store, base_file: Path, tried: Intent, state: End) -> str:
    kept = recorded(tried, inspect_base(base_file))
    run = store.runs.start(kept, tried.snapshot.roles())
    store.runs.finish(run.id, state, "worse")
    return run.id


def test_an_intent_is_recalled_as_it_was_unless_its_texts_are_gone(
    store: Store, base_file: Path, tmp_path: Path
) -> None:
    made(store, base_file, tmp_path / "work")
    more(store)
    tried, base = wished(store, base_file), inspect_base(base_file)
    run = store.runs.get(end(store, base_file, tried, "failed"))
    assert recall_intent(store, run, base) == tried
    only_known = sorted(ids(tried.snapshot.train) - ids(tried.snapshot.studied))
    for gone, still in ((only_known[:1], True), (sorted(ids(tried.snapshot.studied))[:1], False)):
        for id in gone:
            number = int(store.documents.get(id).place.removesuffix(".txt"))
            keep(store, document(number, "Something else."))
        assert (recall_intent(store, run, base) is not None) is still
