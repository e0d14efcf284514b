"""Received messages in the store: kept for a while, answered, erased, never documents."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from microtune.collecting import Collected, collect
from microtune.contracts import Generated, Sampling
from microtune.curation.curator import Curator
from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.messages import KEPT_DAYS
from microtune.received import MOST
from microtune.receiving import TOO_OLD
from microtune.store import Store
from microtune.today import look, unprepared
from microtune.words import Answers, Document, Found, Skip, Source
from microtune_collectors.memory import MemoryCollector
from tests.microtune.inboxes import CONTEXT, INBOX, NOW, incoming, message
from tests.microtune.invented import CONSENT, FOLDER, MAILBOX, letter
from tests.microtune.leftovers import forget, left_of, marked, marks

TODAY = datetime.now(UTC)


def read(store: Store, items: dict[Source, Sequence[Found | Skip]]) -> Collected:
    """One pass over these sources, with consent."""
    for source in items:
        store.sources.add(source, CONTEXT if source.context else CONSENT)
    return collect(store, lambda source: MemoryCollector(source, items[source]), Curator())


def draft(text: str = "Gladly.") -> Draft:
    return Draft("reply", {"text": "?"}, text, "b", "a", Sampling(), Generated(1, 1, 0, 0, "stop"))


def test_a_source_of_texts_and_an_inbox_at_the_same_place_are_two(store: Store) -> None:
    texts = Source(INBOX.kind, INBOX.place, INBOX.me)
    assert texts.id != INBOX.id
    store.sources.add(texts, CONSENT)
    store.sources.add(INBOX, CONTEXT)
    assert set(store.sources.all()) == {texts, INBOX}
    with pytest.raises(MicrotuneError, match="more than one source is called"):
        store.sources.find(INBOX.place)
    assert store.sources.find(INBOX.id) == INBOX
    with pytest.raises(MicrotuneError, match=f"two sources at .*{texts.id}|{INBOX.id}"):
        forget(store, INBOX.place)


def test_the_database_itself_takes_no_document_from_an_inbox(store: Store) -> None:
    store.sources.add(INBOX, CONTEXT)
    with pytest.raises(sqlite3.IntegrityError, match="context only"):
        store.documents.put(Document(letter(1), "mail", INBOX.id, "one"), None, "")
    assert store.documents.count() == 0


def test_what_comes_from_an_inbox_is_kept_apart(store: Store) -> None:
    done = read(store, {INBOX: [incoming("one", letter(1), TODAY)]})
    assert (done.received, done.new, done.total) == (1, 0, 0)
    assert store.documents.count_by_kind() == {}
    assert store.retrieval.nearest(letter(1)) == []
    assert [one.text for one in store.received.all()] == [letter(1)]
    [added, line] = store.ledger.lines()
    assert (line.event, line.facts["received"]) == ("received", 1)
    assert letter(1)[:20] not in str(line.facts)
    assert added.facts["consent"] == CONTEXT


def test_a_text_out_of_its_place_is_not_kept(store: Store) -> None:
    texts, messages = Found("a.txt", letter(1)), incoming("one", letter(2), TODAY)
    done = read(store, {INBOX: [texts], FOLDER: [messages]})
    assert (done.received, done.new, done.skipped) == (0, 0, {"internal error": 2})


def test_only_the_senders_own_words_are_kept_with_secrets_masked(store: Store) -> None:
    text = "The password: hunter2secret9\n\nOn 2 May 2026, Ada wrote:\n> " + letter(3)
    read(store, {INBOX: [incoming("one", text, TODAY)]})
    [kept] = store.received.all()
    assert "hunter2secret9" not in kept.text
    assert letter(3)[:30] not in kept.text
    assert "password" in kept.text


def test_the_same_message_twice_is_one(store: Store) -> None:
    archive = Source("mbox", "/ada/archive.mbox", INBOX.me, context=True)
    one = incoming("one", letter(1), TODAY)
    assert read(store, {INBOX: [one], archive: [one]}).received == 1
    assert read(store, {INBOX: [one], archive: [one]}).received == 0


@pytest.mark.parametrize("answer_first", [False, True])
def test_sent_mail_of_any_source_answers(store: Store, answer_first: bool) -> None:
    """Even a mail that is too short to learn from."""
    sent = Found("sent.mbox#1", "Yes.", "mail", written=TODAY, answers=("one@example.org",))
    items: dict[Source, Sequence[Found | Skip]] = {
        MAILBOX: [sent],
        INBOX: [incoming("one", letter(1), TODAY), incoming("two", letter(2), TODAY)],
    }
    for source in [MAILBOX, INBOX] if answer_first else [INBOX, MAILBOX]:
        read(store, {source: items[source]} | {s: [] for s in store.sources.all() if s != source})
    kept = {one.message_id: one.answered_at for one in store.received.all()}
    assert kept["one@example.org"] is not None
    assert kept["two@example.org"] is None
    assert [e.message.message_id for e in look(store, TODAY).entries] == ["two@example.org"]


def test_marks_and_sent_mail_in_the_inbox_answer_without_being_kept(store: Store) -> None:
    one, two = incoming("one", letter(1), TODAY), incoming("two", letter(2), TODAY)
    read(store, {INBOX: [one, two]})
    sent = Answers("inbox.mbox#s", answers=("one@example.org",), written=TODAY)
    marked_later = incoming("two", letter(2), TODAY, is_answered=True)
    done = read(store, {INBOX: [sent, marked_later]})
    assert done.skipped == {"sent by you": 1}
    assert look(store, TODAY).total == 0
    assert store.received.count() == 2


def test_old_messages_are_not_taken_and_go(store: Store) -> None:
    old = incoming("old", letter(1), TODAY - timedelta(KEPT_DAYS, 60))
    assert read(store, {INBOX: [old]}).skipped == {TOO_OLD: 1}
    read(store, {INBOX: [incoming("one", letter(2), TODAY)]})
    [kept] = store.received.all()
    made = store.drafts.record(draft())
    store.received.tie(made.id, kept.id, prepared=True)
    store.received.note_answers(["x@example.org"], TODAY)
    assert store.received.expire(TODAY + timedelta(KEPT_DAYS - 1)) == 0
    assert store.received.expire(TODAY + timedelta(KEPT_DAYS + 1)) == 1
    assert store.received.count() == 0
    assert list(store.drafts.all()) == []


def test_of_too_many_the_oldest_go(store: Store) -> None:
    store.sources.add(INBOX, CONTEXT)
    with store.transaction():
        for n in range(MOST + 3):
            store.received.put(message(str(n), f"Text {n}", hours=n / 10))
    assert store.received.expire(NOW) == 3
    assert {int(one.subject.split()[1]) for one in store.received.all()} == set(range(MOST))


def test_a_draft_is_tied_to_its_message_and_not_made_twice(store: Store) -> None:
    store.sources.add(INBOX, CONTEXT)
    store.received.put(message("one"))
    [waits] = unprepared(store, "a", "b", NOW)
    made = store.drafts.record(draft())
    store.received.tie(made.id, waits.id, prepared=True)
    assert unprepared(store, "a", "b", NOW) == ()
    assert unprepared(store, "another", "b", NOW) == (waits,)
    [entry] = look(store, NOW).entries
    assert entry.draft == store.drafts.get(made.id)
    assert store.received.answered_by(made.id) == waits
    store.drafts.erase([made.id])
    assert look(store, NOW).entries[0].draft is None


def test_withdrawing_consent_erases_the_messages_and_their_drafts(store: Store, home: Home) -> None:
    read(store, {INBOX: [incoming("one", marked(1), TODAY)]})
    [kept] = store.received.all()
    store.received.tie(store.drafts.record(draft(marked(1))).id, kept.id)
    store.unfinished.keep("reply", {"id": kept.id, "message": kept.text, "about": "Yes."})
    store.unfinished.keep("write", {"about": "Thank Ben."})
    assert left_of(home.path, marks(1))
    assert store.sources.remove(INBOX.place) == INBOX
    assert [room for room, _ in store.unfinished.all()] == ["write"]
    store.scrub()
    assert left_of(home.path, marks(1)) == []
    assert read(store, {INBOX: [incoming("one", marked(1), TODAY)]}).received == 1


@pytest.mark.parametrize("given", ["phrase", "id", "source", "document"])
def test_forgetting_leaves_no_byte_of_a_message(store: Store, home: Home, given: str) -> None:
    """By words in it, by its id, by its source, or because it quotes a text that is forgotten."""
    answer = Found("s#1", letter(1), "mail", answered=marked(1), written=TODAY)
    items: dict[Source, Sequence[Found | Skip]] = {
        INBOX: [incoming("one", marked(1), TODAY), incoming("two", letter(7), TODAY)],
        FOLDER: [answer, Found("own.txt", marked(1))] if given == "document" else [],
    }
    read(store, items)
    kept = next(one for one in store.received.all() if one.message_id == "one@example.org")
    store.received.tie(store.drafts.record(draft(letter(9))).id, kept.id)
    named = {"phrase": marks(1)[0], "id": kept.id[:12], "source": INBOX.id}
    if given == "document":
        named["document"] = next(d.id for d in store.documents.live() if marks(1)[0] in d.text)
    done = forget(store, named[given])
    store.scrub()
    assert left_of(home.path, marks(1)) == []
    assert (done.received, done.drafts) == (2 if given == "source" else 1, 1)
    assert store.problems() == []
    again = read(store, items)
    assert again.received == (2 if given == "source" else 0)


def test_the_tables_hold_no_message_id_of_what_was_answered_elsewhere(
    store: Store, home: Home
) -> None:
    sent = Found("s#1", letter(1), "mail", written=TODAY, answers=("secret-id@example.org",))
    read(store, {MAILBOX: [sent]})
    with sqlite3.connect(home.database) as raw:
        [[kept]] = raw.execute("SELECT message FROM answers").fetchall()
    assert kept != "secret-id@example.org"
    assert left_of(home.path, ["secret-id"]) == []
