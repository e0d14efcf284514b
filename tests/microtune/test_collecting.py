"""A pass over the sources: what is new, edited, known, skipped, broken."""

import errno
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from microtune.collecting import Collected, collect
from microtune.contracts import Collector
from microtune.curation.curator import Curator
from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune.words import Found, Mark, Own, Skip, Source
from microtune_collectors.memory import MemoryCollector
from tests.microtune.invented import CONSENT, FOLDER, MAILBOX, found, letter

Items = list[Found | Skip]


def collect_from(
    store: Store, items: Mapping[str, Items], curator: Curator | None = None
) -> Collected:
    """One pass over sources (by id) that hold `items`."""

    def open_collector(source: Source) -> Collector:
        return MemoryCollector(source, items.get(source.id, []))

    return collect(store, open_collector, curator or Curator())


def collect_folder(store: Store, *items: Found | Skip) -> Collected:
    store.sources.add(FOLDER, CONSENT)
    return collect_from(store, {FOLDER.id: list(items)})


def collected_lines(store: Store) -> list[dict[str, object]]:
    return [line.facts for line in store.ledger.lines() if line.event == "collected"]


def test_new_texts_are_stored_with_their_consent_and_a_ledger_line(store: Store) -> None:
    done = collect_folder(store, found(1), found(2))
    assert (done.new, done.updated, done.total, done.skipped, done.failed) == (2, 0, 2, {}, ())
    assert done.seconds > 0
    for document in store.documents.live():
        provenance = store.documents.provenance(document.id)
        assert provenance
        assert provenance.consent == store.sources.consent(FOLDER.id)
    assert collected_lines(store) == [
        {"source": FOLDER.id, "new": 2, "updated": 0, "masked": 0, "skipped": {}}
    ]


def test_a_second_pass_finds_nothing_and_writes_nothing(store: Store) -> None:
    items = [found(n) for n in range(5)]
    collect_folder(store, *items)
    lines, written = list(store.ledger.lines()), store.home.database.stat().st_mtime_ns
    wal = (store.home.path / "microtune.db-wal").stat()
    done = collect_folder(store, *items)
    assert (done.new, done.updated, done.total, done.skipped) == (0, 0, 5, {})
    assert list(store.ledger.lines()) == lines
    assert store.home.database.stat().st_mtime_ns == written
    assert (store.home.path / "microtune.db-wal").stat().st_mtime_ns == wal.st_mtime_ns


def test_even_without_marks_a_known_text_is_no_news(store: Store) -> None:
    items = [found(n) for n in range(5)]
    collect_folder(store, *items)
    store.marks.clear()
    done = collect_folder(store, *items)
    assert (done.new, done.updated, done.total, done.skipped) == (0, 0, 5, {})
    assert len(collected_lines(store)) == 1


def test_an_edited_text_is_an_update_though_it_is_near_its_old_self(store: Store) -> None:
    collect_folder(store, found(1), found(2))
    edited = letter(1) + " And then it rained on all of us."
    done = collect_folder(store, found(1, edited), found(2))
    assert (done.new, done.updated, done.total, done.skipped) == (0, 1, 2, {})
    assert edited in [d.text for d in store.documents.live()]
    again = collect_folder(store, found(1), found(2))
    assert (again.new, again.updated, again.total) == (0, 1, 2)


def test_duplicates_within_one_pass_and_across_sources_are_counted(store: Store) -> None:
    store.sources.add(FOLDER, CONSENT)
    store.sources.add(MAILBOX, CONSENT)
    near = replace(found(1, letter(1) + " Yours, Ada"), place="near.txt")
    items: dict[str, Items] = {
        FOLDER.id: [found(1), replace(found(1), place="copy.txt"), near],
        MAILBOX.id: [replace(found(1), place="sent.mbox#1"), found(2)],
    }
    done = collect_from(store, items)
    assert (done.new, done.total) == (2, 2)
    assert done.skipped == {"exact duplicate": 2, "near duplicate": 1}
    assert collected_lines(store)[0]["skipped"] == {"exact duplicate": 1, "near duplicate": 1}


def test_near_duplicates_of_earlier_passes_are_found(store: Store) -> None:
    collect_folder(store, found(1))
    done = collect_folder(store, replace(found(1, letter(1) + " Yours, Ada"), place="near.txt"))
    assert (done.new, done.skipped) == (0, {"near duplicate": 1})


def test_a_text_near_one_that_was_edited_away_is_new(store: Store) -> None:
    collect_folder(store, found(1))
    near_old = replace(found(1, letter(1) + " Yours, Ada"), place="near.txt")
    done = collect_folder(store, found(1, letter(9)), near_old)
    assert (done.new, done.updated, done.skipped) == (1, 1, {})


def test_what_collectors_and_curation_pass_over_is_counted(store: Store) -> None:
    done = collect_folder(
        store, found(1), found(2, "Too short."), Skip("a", "unreadable"), Skip("b", "unreadable")
    )
    assert done.new == 1
    assert done.skipped == {"too short": 1, "unreadable": 2}


def test_masked_secrets_are_counted_in_the_ledger(store: Store) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"
    collect_folder(store, found(1, f"{letter(1)} The key is {secret} as agreed."))
    (document,) = store.documents.live()
    assert secret not in document.text
    assert collected_lines(store)[0]["masked"] == 1


class Broken:
    """Yields what it has, then fails."""

    def __init__(self, source: Source, items: Items, error: Exception) -> None:
        self.source, self.items, self.error = source, items, error

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from self.items
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MicrotuneError("cannot read it", "Look."), "cannot read it. Look."),
        (FileNotFoundError(2, "No such file"), "FileNotFoundError"),
        (RuntimeError("a bug"), "RuntimeError: a bug"),
    ],
)
def test_a_source_that_fails_keeps_what_it_gave_and_stops_no_other(
    store: Store, error: Exception, said: str
) -> None:
    store.sources.add(FOLDER, CONSENT)
    store.sources.add(MAILBOX, CONSENT)

    def open_collector(source: Source) -> Collector:
        if source == FOLDER:
            return Broken(source, [found(1)], error)
        return MemoryCollector(source, [found(2)])

    done = collect(store, open_collector, Curator())
    assert (done.new, done.total) == (2, 2)
    (failure,) = done.failed
    assert said in str(failure)
    assert len(collected_lines(store)) == 2


def test_a_source_that_cannot_be_opened_stops_no_other(store: Store) -> None:
    store.sources.add(FOLDER, CONSENT)

    def open_collector(source: Source) -> Collector:
        raise MicrotuneError(f"no collector for {source.kind}", "Remove it.")

    done = collect(store, open_collector, Curator())
    assert [error.what for error in done.failed] == ["no collector for folder"]


class CuratorWithABug(Curator):
    def admit(self, found: Found) -> Own | Skip:
        if found.place == "letter-3.txt":
            raise ZeroDivisionError
        return super().admit(found)


def test_a_bug_that_one_text_trips_costs_no_other(store: Store) -> None:
    store.sources.add(FOLDER, CONSENT)
    items: Items = [found(n) for n in range(6)]
    done = collect_from(store, {FOLDER.id: items}, CuratorWithABug())
    assert (done.new, done.skipped) == (5, {"internal error": 1})


class CuratorWithoutFiles(Curator):
    """On a machine where too many files are open, so that a library cannot be loaded."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def admit(self, found: Found) -> Own | Skip:
        if found.place == "letter-3.txt":
            raise self.error
        return super().admit(found)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EMFILE, "Too many open files"),
        ImportError("libz.so: cannot open shared object"),
        ModuleNotFoundError("No module named 'numpy'"),
    ],
)
def test_what_the_machine_fails_at_stops_the_pass_and_passes_nothing_over(
    store: Store, error: Exception
) -> None:
    store.sources.add(FOLDER, CONSENT)
    items: Items = [found(n) for n in range(6)]
    with pytest.raises(MicrotuneError, match="Close other programs"):
        collect_from(store, {FOLDER.id: items}, CuratorWithoutFiles(error))
    assert collect_from(store, {FOLDER.id: items}).total == 6


def test_names_and_texts_that_are_not_unicode_are_kept_readably(store: Store) -> None:
    odd = Found("caf\udce9.txt", letter(1) + " caf\udce9", subject="\udcff", labels=("\ud800",))
    done = collect_folder(store, odd)
    assert done.new == 1
    (document,) = store.documents.live()
    assert document.place == r"caf\udce9.txt"
    assert collect_folder(store, odd).total == 1


def test_consent_withdrawn_during_the_pass_stops_it_there(store: Store) -> None:
    store.sources.add(FOLDER, CONSENT)

    class Withdrawing(MemoryCollector):
        def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
            yield found(1)
            store.sources.remove(FOLDER.id)
            yield found(2)

    store.sources.add(MAILBOX, CONSENT)
    copy = MemoryCollector(MAILBOX, [replace(found(1), place="sent.mbox#1")])
    done = collect(store, lambda s: Withdrawing(s) if s == FOLDER else copy, Curator())
    assert "was removed from the sources" in str(done.failed[0])
    assert [d.source for d in store.documents.live()] == [MAILBOX.id]


def test_a_source_without_consent_is_never_opened(store: Store) -> None:
    store.sources.add(FOLDER, CONSENT)
    store.sources.remove(FOLDER.id)
    done = collect(store, pytest.fail, Curator())
    assert (done.new, done.total, done.failed) == (0, 0, ())


def test_removing_a_source_brings_back_its_copies_elsewhere(store: Store) -> None:
    store.sources.add(FOLDER, CONSENT)
    store.sources.add(MAILBOX, CONSENT)
    items: dict[str, Items] = {
        FOLDER.id: [found(1)],
        MAILBOX.id: [replace(found(1), place="sent.mbox#1")],
    }
    collect_from(store, items)
    store.sources.remove(FOLDER.id)
    assert collect_from(store, items).new == 1
    (document,) = store.documents.live()
    assert document.source == MAILBOX.id


def test_progress_tells_the_place_and_the_items_so_far(store: Store) -> None:
    store.sources.add(FOLDER, CONSENT)
    told: list[tuple[str, int]] = []
    collect(
        store,
        lambda source: MemoryCollector(source, [found(1), found(2)]),
        Curator(),
        lambda place, number: told.append((place, number)),
    )
    assert told == [(FOLDER.place, n) for n in (1, 2, 3, 4)]  # two texts, two marks
