"""Questions about one's own writing: quotes that are really there, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microtune.asking import ENOUGH, Answer, ask
from microtune.locations import Home
from microtune.store import Store
from microtune.words import INTEREST, Document
from tests.microtune.invented import FOLDER, MAILBOX, document, keep, letter

TODAY = date(2002, 6, 1)


def mail(
    name: str,
    text: str,
    to: str = "",
    subject: str = "",
    day: date | None = None,
    answered: str = "",
) -> Document:
    written = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
    recipients = (to,) if to else ()
    return Document(
        text,
        "mail",
        MAILBOX.id,
        name,
        written=written,
        recipients=recipients,
        subject=subject,
        answered=answered,
    )


LEASE = mail(
    "lease",
    "Thanks for waiting.\n\nI will have the lease signed by Friday. The keys follow after that.",
    "Tom Miller <tom@example.org>",
    "The flat",
    date(2001, 3, 12),
)
OTHER_LEASE = mail(
    "other-lease",
    "The lease of the garden ends in autumn.",
    "ann@example.org",
    "Garden",
    date(2002, 1, 5),
)
REPLY = mail(
    "reply",
    "Yes, gladly. Nine o'clock suits me well.",
    "Zoë <zoe@example.org>",
    "Re: Sunday",
    date(2002, 5, 5),
    "Would you come along to the observatory?",
)
DIARY = document("We mended the kettle. Then the ferry was late again.", "diary.txt")
PAGE = Document("Zeppelin museum opening hours", INTEREST, FOLDER.id, "page")
TEXTS = (LEASE, OTHER_LEASE, REPLY, DIARY, PAGE)


@pytest.fixture
def shelf(store: Store) -> Store:
    keep(store, *TEXTS, *(document(letter(n), f"letter-{n}") for n in range(40)))
    return store


def first(store: Store, question: str) -> Answer:
    answers = ask(store, question, today=TODAY).answers
    assert answers, question
    return answers[0]


def test_an_answer_is_the_sentence_with_its_source(shelf: Store) -> None:
    answer = first(shelf, "what did I promise Tom about the lease?")
    assert answer.document == LEASE.id
    assert answer.quote == "I will have the lease signed by Friday."
    assert answer.passage == LEASE.text
    assert (answer.place, answer.subject) == ("lease", "The flat")
    assert answer.recipients == LEASE.recipients
    assert answer.written == LEASE.written
    assert {(match.word, match.where) for match in answer.matches} == {
        ("Tom", "recipients"),
        ("lease", "quote"),
    }
    assert ENOUGH <= answer.score <= 1
    assert answer.in_answer_to == ""


def test_words_match_by_stem_and_neighbours_that_bring_more_are_quoted(shelf: Store) -> None:
    answer = first(shelf, "leasing, signing and the key")
    assert answer.quote == "I will have the lease signed by Friday. The keys follow after that."
    assert [LEASE.text[slice(*span)] for match in answer.matches for span in match.at] == [
        "lease",
        "signed",
        "keys",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "what did I promise Bertram about the lease?",  # a name that is nowhere
        "what did I tell Zoë about the lease?",  # somebody else was told
        "what did I write about the zeppelin museum?",  # read, not written
        "did I buy a submarine with periscope?",
        "what did I say about the lease in March 1999?",
        "kettle repairs in the observatory of the harbour town",
        "",
        " ?!",
    ],
)
def test_where_nothing_is_near_enough_nothing_is_answered(shelf: Store, question: str) -> None:
    assert ask(shelf, question, today=TODAY).answers == ()


def test_what_is_nowhere_is_named(shelf: Store) -> None:
    assert ask(shelf, "the zeppelin and Bertram's lease").unknown == ("Bertram",)
    assert ask(shelf, "what did Tom want with the submarine?").unknown == ("submarine",)


def test_a_time_is_held_to(shelf: Store) -> None:
    for question in ("the lease in March 2001", "the lease last year", "the lease before 2002"):
        found = ask(shelf, question, today=TODAY).answers
        assert [answer.document for answer in found] == [LEASE.id]
    # a text may speak of the time itself
    keep(shelf, mail("party", "The party is in March, on the boat.", day=date(2001, 1, 9)))
    assert first(shelf, "the party in March").place == "party"
    assert ask(shelf, "the party in May", today=TODAY).answers == ()
    both = ask(shelf, "the lease", today=TODAY).answers
    assert {answer.document for answer in both} == {LEASE.id, OTHER_LEASE.id}
    assert len(ask(shelf, "the lease", limit=1).answers) == 1
    assert ask(shelf, "the lease", limit=0).answers == ()


def test_a_pasted_book_is_a_question_as_well(shelf: Store) -> None:
    assert first(shelf, "the lease " * 20_000).document in (LEASE.id, OTHER_LEASE.id)
    assert ask(shelf, " ".join(f"Word{n}" for n in range(20_000))).answers == ()


def test_to_whom_and_when_is_a_question_too(shelf: Store) -> None:
    assert first(shelf, "what did I write to Tom?").document == LEASE.id
    assert first(shelf, "what did I write in January 2002?").document == OTHER_LEASE.id
    assert first(shelf, "what did I tell Zoë last month?").document == REPLY.id


def test_the_message_answered_helps_to_find_the_answer(shelf: Store) -> None:
    answer = first(shelf, "will I come to the observatory?")
    assert answer.document == REPLY.id
    assert answer.quote in REPLY.text
    assert answer.in_answer_to == "Would you come along to the observatory?"


def test_a_text_out_of_use_is_not_quoted(shelf: Store) -> None:
    shelf.sources.remove(MAILBOX.id)
    assert ask(shelf, "the lease", today=TODAY).answers == ()


def test_the_addressee_comes_before_who_is_only_mentioned(store: Store) -> None:
    told = mail("told", "The boat leaves at noon.", "Ida <ida@example.org>")
    about = mail("about", "Tell Ida that the boat leaves at noon.", "bo@example.org")
    keep(store, told, about, *(document(letter(n), f"l{n}") for n in range(9)))
    assert first(store, "what did I tell Ida about the boat?").document == told.id
    assert first(store, "was the boat mentioned with Ida?").document == about.id


@contextmanager
def library() -> Iterator[Store]:
    with TemporaryDirectory() as folder, Store.open(Home(Path(folder))) as store:
        keep(store, *TEXTS, *(document(letter(n), f"letter-{n}") for n in range(20)))
        yield store


WORDS = r"""
    what did I promise Tom Zoë about the lease? in March 2001 last year before yesterday garden
    kettle " * ( ) OR NOT NEAR( % _ \ ' - observatory ferry may 31 ½ ß Ω
""".split()  # noqa: SIM905


def test_no_question_is_too_strange_and_each_quote_is_in_its_document() -> None:
    with library() as store:

        @settings(deadline=None, max_examples=120)
        @given(
            st.lists(st.sampled_from([*WORDS, "\0"]), max_size=9).map(" ".join) | st.text(),
            st.integers(-1, 4),
        )
        def check(question: str, limit: int) -> None:
            found = ask(store, question, limit, TODAY)
            assert len(found.answers) <= max(limit, 0)
            assert len({answer.document for answer in found.answers}) == len(found.answers)
            for answer in found.answers:
                text = store.documents.get(answer.document).text
                assert answer.quote == text[answer.start : answer.end] != ""
                assert answer.passage == text[answer.passage_start : answer.passage_end]
                assert answer.passage_start <= answer.start < answer.end <= answer.passage_end
                assert all(
                    answer.start <= start < end <= answer.end
                    for match in answer.matches
                    for start, end in match.at
                )
                assert answer.score >= ENOUGH or not found.question.telling

        check()
