"""Forgetting: what is named is gone from every byte of the store, and stays gone."""

import random
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from microtune.collecting import collect
from microtune.contracts import Generated, Sampling
from microtune.curation.curator import Curator
from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.forgetting import ENDED, find_target
from microtune.locations import Home
from microtune.pairs import pairs_in
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune.words import Document, Found, Passage
from microtune_collectors.memory import MemoryCollector
from tests.microtune.invented import CONSENT, FOLDER, MAILBOX, document, keep, letter
from tests.microtune.leftovers import forget, left_of, marked, marks


def write(store: Store, numbers: range) -> dict[int, Document]:
    """Keep marked documents, each at a place of its own."""
    made = {n: document(marked(n), f"letter-{n}.txt") for n in numbers}
    keep(store, *made.values())
    return made


def draft(text: str, request: str = "", drew_on: str = "") -> Draft:
    return Draft(
        command="write",
        request={"about": request},
        text=text,
        base="b" * 64,
        adapter="",
        sampling=Sampling(),
        generated=Generated(1, 1, 1.0, 1.0, "stop"),
        retrieved=(Passage(drew_on, 0, "", 1.0),) if drew_on else (),
    )


def test_a_forgotten_text_is_in_no_byte_of_the_home(store: Store, home: Home) -> None:
    made = write(store, range(30))
    assert left_of(home.path, marks(7))
    done = forget(store, made[7].id)
    store.scrub()
    assert done.documents == 1
    assert left_of(home.path, marks(7)) == []
    assert left_of(home.path, marks(8))
    assert store.documents.count() == 29
    assert store.problems() == []
    assert store.ledger.verify() == []


@settings(max_examples=12)
@given(seed=st.integers(0, 1000), sizes=st.lists(st.integers(20, 4000), min_size=4, max_size=12))
@example(seed=0, sizes=[1150, 1801, 121, 481, 601, 841])  # in the unused part of an index's page
def test_whatever_its_length_and_its_neighbours(seed: int, sizes: list[int]) -> None:
    """Texts of a page and of many, written, edited and forgotten in any order."""
    gone = random.Random(seed).sample(range(len(sizes)), len(sizes) // 2)
    with TemporaryDirectory() as name, Store.open(Home(Path(name))) as store:
        for edit in range(2):
            for number, words in enumerate(sizes):
                keep(store, document(marked(number, words + edit), f"{number}.txt"))
        for number in gone:
            newest = store.documents.at(FOLDER.id, f"{number}.txt")
            assert newest
            assert forget(store, newest).documents == 2
        store.scrub()
        assert left_of(store.home.path, [word for n in gone for word in marks(n)]) == []
        assert store.problems() == []


def test_its_earlier_versions_go_with_it(store: Store, home: Home) -> None:
    keep(store, document(marked(1)), document(marked(2)))
    newest = document(marked(3))
    keep(store, newest)
    assert forget(store, newest.id[:12]).documents == 3
    store.scrub()
    assert left_of(home.path, marks(1) + marks(2) + marks(3)) == []


def test_a_phrase_finds_every_text_that_it_stands_in(store: Store) -> None:
    mails = [
        Document("A letter about the quay.", "mail", MAILBOX.id, "1", subject="Dr  Miller's bill"),
        Document("DR MILLER\ncame by.", "mail", MAILBOX.id, "2"),
        Document("He answered.", "mail", MAILBOX.id, "3", answered="Ask Dr Miller, please."),
        Document("To him.", "mail", MAILBOX.id, "4", recipients=("Dr Miller <m@example.org>",)),
        Document("Miller's tale.", "mail", MAILBOX.id, "5"),
    ]
    keep(store, *mails)
    target = find_target(store, "dr miller")
    assert (target.kind, len(target.documents)) == ("phrase", 4)
    assert forget(store, "Dr Miller").documents == 4
    assert [d.place for d in store.documents.live()] == ["5"]


def test_a_source_goes_whole_whether_consent_stands_or_not(store: Store, home: Home) -> None:
    write(store, range(4))
    mine = Document(marked(50), "mail", MAILBOX.id, "1")
    keep(store, mine)
    store.sources.remove(FOLDER.id)
    done = forget(store, FOLDER.place)
    store.scrub()
    assert (done.documents, done.source) == (4, FOLDER)
    assert [source.id for source in store.sources.known()] == [MAILBOX.id]
    assert list(store.documents.live()) == [mine]
    assert left_of(home.path, [word for n in range(4) for word in marks(n)]) == []
    store.sources.add(FOLDER, CONSENT)
    assert forget(store, FOLDER.id).documents == 0


@pytest.mark.parametrize("edited", [False, True])
def test_what_was_forgotten_is_not_collected_again(store: Store, edited: bool) -> None:
    texts = [Found(f"{n}.txt", letter(n)) for n in range(5)]
    store.sources.add(FOLDER, CONSENT)
    collect(store, lambda source: MemoryCollector(source, texts), Curator())
    one = store.documents.at(FOLDER.id, "2.txt")
    assert one
    forget(store, one)
    text = f"{letter(2)} And so on and on." if edited else letter(2)
    again = [*texts[:2], Found("2.txt", text), *texts[3:]]
    store.marks.clear()
    done = collect(store, lambda source: MemoryCollector(source, again), Curator())
    assert (done.new, done.total, done.skipped) == (0, 4, {"forgotten": 1})


def test_a_source_may_be_consented_to_again(store: Store) -> None:
    texts = [Found(f"{n}.txt", letter(n)) for n in range(3)]
    for _ in range(2):
        store.sources.add(FOLDER, CONSENT)
        done = collect(store, lambda source: MemoryCollector(source, texts), Curator())
        assert done.new == 3
        forget(store, FOLDER.id)


def test_drafts_that_drew_on_it_or_hold_it_go_too(store: Store) -> None:
    made = write(store, range(3))
    inside = " ".join(marked(1).split()[5:20])
    kept = store.drafts.record(draft("Something else altogether.", drew_on=made[0].id))
    store.drafts.record(draft("It drew on it.", drew_on=made[1].id))
    store.drafts.record(draft(f"It quotes: {inside.upper()}."))
    store.drafts.record(draft("It was asked with it.", request=f"Rewrite {inside}"))
    assert forget(store, made[1].id).drafts == 3
    assert [d.id for d in store.drafts.newest()] == [kept.id]


def test_a_phrase_that_stands_in_drafts_alone_is_found(store: Store) -> None:
    store.drafts.record(draft("Dear Tamsin, thank you."))
    done = forget(store, "tamsin")
    assert (done.documents, done.drafts) == (0, 1)
    with pytest.raises(MicrotuneError, match="nothing that is kept contains 'tamsin'"):
        forget(store, "tamsin")


def test_what_the_person_made_of_drafts_goes_too(store: Store, home: Home) -> None:
    """By words shared with a forgotten text, by a phrase, and with the draft it is about."""
    made = write(store, range(3))
    inside = " ".join(marked(1).split()[5:20])
    drew = store.drafts.record(draft("It drew on it.", drew_on=made[1].id))
    one, two = (store.drafts.record(draft(text)) for text in ("One.", "Two."))
    for judged, text in (
        (drew, "I changed it."),
        (one, f"Now it says {inside}."),
        (two, "Ask Ole."),
    ):
        store.verdicts.record(Verdict(judged.id, "accepted", text))
    store.verdicts.record(Verdict(one.id, "preferred", over=drew.id))
    done = forget(store, made[1].id)
    assert (done.drafts, done.verdicts) == (1, 3)
    assert [v.text for v in store.verdicts.all()] == ["Ask Ole."]
    assert [d.id for d in store.drafts.newest()] == [two.id, one.id]
    assert forget(store, "ask ole").verdicts == 1
    store.scrub()
    assert left_of(home.path, [*marks(1), "I changed it", "Ask Ole"]) == []


def test_what_stands_unfinished_in_the_assistant_goes_too(store: Store, home: Home) -> None:
    made = write(store, range(3))
    inside = " ".join(marked(1).split()[5:20])
    store.unfinished.keep("reply", {"message": f"You wrote {inside}.", "brief": "Say no."})
    store.unfinished.keep("write", {"brief": "Thank Tamsin."})
    store.unfinished.keep("ask", {"question": "Where was I?"})
    forget(store, made[1].id)
    assert store.unfinished.of("reply") == {}
    forget(store, "tamsin")
    store.scrub()
    assert [room for room, _ in store.unfinished.all()] == ["ask"]
    assert left_of(home.path, [*marks(1), "Say no", "Tamsin"]) == []


def test_runs_that_learned_from_what_was_made_of_a_draft_count_as_having_seen_it(
    store: Store,
) -> None:
    write(store, range(3))
    one, other = (store.drafts.record(draft(text)) for text in ("One.", "Two."))
    store.verdicts.record(Verdict(one.id, "accepted", "Dear Tamsin, one."))
    learned = store.runs.start({}, {}, {"train": {"p": one.id}, "heldout": {"q": other.id}})
    store.runs.finish(learned.id, "promoted", "", "a" * 12)
    measured = store.runs.start({}, {}, {"train": {"q": other.id}, "heldout": {"p": one.id}})
    store.runs.finish(measured.id, "promoted", "", "b" * 12)
    under_way = store.runs.start({}, {}, {"heldout": {"p": one.id}})
    assert set(forget(store, "tamsin").runs) == {learned.id, under_way.id}
    assert not store.runs.is_open(under_way.id)


def test_what_a_run_learned_from_is_found_after_it_was_changed_again(store: Store) -> None:
    one = store.drafts.record(draft("One."))
    store.verdicts.record(Verdict(one.id, "accepted", "Dear Tamsin, one."))
    run = store.runs.start({}, {}, {"train": {"p": one.id}})
    store.verdicts.record(Verdict(one.id, "accepted", "Dear all, one."))
    assert [pair.chosen for pair in pairs_in(store)] == ["Dear all, one."]
    assert forget(store, "tamsin").runs == (run.id,)


def test_what_others_quoted_of_it_goes_too(store: Store, home: Home) -> None:
    made = write(store, range(2))
    quoted = f"You wrote: {marked(1)} Is that so?"
    answer = Document("Yes, that is so.", "mail", MAILBOX.id, "1", answered=quoted)
    other = Document("No, it is not.", "mail", MAILBOX.id, "2", answered="Is it?")
    keep(store, answer, other)
    forget(store, made[1].id)
    store.scrub()
    assert store.documents.get(answer.id).answered == ""
    assert store.documents.get(other.id).answered == "Is it?"
    assert left_of(home.path, marks(1)) == []


def test_runs_that_learned_from_it_wait_to_be_erased_and_an_open_one_ends(store: Store) -> None:
    made = write(store, range(6))
    ids = [d.id for d in made.values()]
    did = store.runs.start({}, {"train": ids[:3], "validation": [], "heldout": ids[3:]})
    store.runs.finish(did.id, "promoted", "", "a" * 12)
    rest, first = ids[1:3], ids[:1]
    only_measured = store.runs.start({}, {"train": rest, "validation": [], "heldout": first})
    store.runs.finish(only_measured.id, "promoted", "", "b" * 12)
    under_way = store.runs.start(
        {}, {"train": ids[1:2], "validation": ids[2:3], "heldout": ids[:1]}
    )
    done = forget(store, ids[0])
    assert set(done.runs) == {did.id, under_way.id}
    ended = store.runs.get(under_way.id)
    assert (ended.state, ended.reason) == ("failed", ENDED)
    (pending,) = store.erasures.pending()
    assert set(pending.runs) == {did.id, under_way.id}
    assert store.runs.documents(did.id, "train") == tuple(sorted(ids[1:3]))


def test_the_ledger_says_what_was_forgotten_and_holds_none_of_it(store: Store) -> None:
    made = write(store, range(3))
    forget(store, made[0].id)
    line = list(store.ledger.lines())[-1]
    assert line.event == "forgotten"
    assert (line.facts["what"], line.facts["documents"]) == ("document", 1)
    assert marks(0)[0] not in line.data
    assert store.ledger.verify() == []


@pytest.mark.parametrize("given", ["", "ab", "  a ", "no such words", "deadbeef", "/no/such/place"])
def test_what_is_not_there_gives_a_line_with_a_remedy(store: Store, given: str) -> None:
    write(store, range(2))
    with pytest.raises(MicrotuneError) as caught:
        forget(store, given)
    assert caught.value.remedy
    assert store.documents.count() == 2
    assert store.erasures.pending() == ()


def test_a_reader_that_stays_is_told_of_and_nothing_is_lost(home: Home) -> None:
    with Store.open(home, busy_timeout_s=0.1) as store, Store.open(home) as other:
        made = write(store, range(5))
        reading = other.documents.live()
        next(reading)
        forget(store, made[1].id)
        with pytest.raises(MicrotuneError, match="another program is reading"):
            store.scrub()
        del reading
    with Store.open(home) as store:
        store.scrub()
        assert left_of(home.path, marks(1)) == []


def test_what_another_process_collects_meanwhile_is_forgotten_too(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The texts are looked through before the lock is taken, and again if they changed."""
    with Store.open(home) as store, Store.open(home) as other:
        write(store, range(3))
        late = document(f"{marks(0)[0]}000k came late.", "late.txt")
        begin = store.transaction

        def collected_meanwhile() -> AbstractContextManager[None]:
            if not other.documents.is_live(late.id):
                keep(other, late)
            return begin()

        monkeypatch.setattr(store, "transaction", collected_meanwhile)
        assert forget(store, marks(0)[0]).documents == 2
        assert store.documents.count() == 2


def test_the_beginning_of_a_sources_id_is_a_word_like_any_other(store: Store) -> None:
    write(store, range(2))
    with pytest.raises(MicrotuneError, match="nothing that is kept contains"):
        forget(store, FOLDER.id[:8])
    assert store.documents.count() == 2
