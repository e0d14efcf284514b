"""Which messages wait, in which order, and what is said of each."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.messages import Message
from microtune.waiting import (
    MOST_ADDRESSEES,
    RECENT_DAYS,
    Waiting,
    is_no_reply,
    question_in,
    reason_against,
    waiting,
)
from tests.microtune.inboxes import ME, NOW, message

TOM, UNA = "tom@example.org", "una@example.org"


def listed(*messages: Message, known: tuple[str, ...] = ()) -> list[str]:
    found = waiting(messages, {ME}, known, NOW)
    return [one.message.message_id.partition("@")[0] for one in found]


@pytest.mark.parametrize(
    ("reason", "more"),
    [
        ("answered", {"answered_at": NOW}),
        ("dismissed", {"dismissed_at": NOW}),
        ("from you", {"address": ME}),
        ("without a sender", {"address": ""}),
        ("not addressed to you", {"to": (TOM,)}),
        ("not addressed to you", {"to": ()}),
        ("addressed to more than", {"to": (ME, *(f"p{n}@example.org" for n in range(10)))}),
        ("a mailing list", {"bulk": "a mailing list"}),
        ("nobody reads", {"address": "no-reply@example.org"}),
        ("nobody reads", {"reply_to": "Shop <donotreply@example.org>"}),
        ("older than", {"written": NOW - timedelta(RECENT_DAYS, 1)}),
    ],
)
def test_what_does_not_wait_and_why(reason: str, more: dict[str, object]) -> None:
    one = message("one", **more)
    assert reason in reason_against(one, {ME}, NOW)
    assert listed(one, message("other")) == ["other"]


def test_an_answer_goes_where_the_sender_says() -> None:
    form = message("form", address="noreply@example.org", reply_to="Una <una@example.org>")
    assert reason_against(form, {ME}, NOW) == ""
    assert waiting([form], {ME}, {UNA}, NOW)[0].knows


def test_questions_come_first_then_who_is_known_then_the_newest() -> None:
    plain = "Thank you for the parcel."
    assert listed(
        message("told-old", plain, 50),
        message("told", plain, 2),
        message("told-una", plain, 90, address=UNA),
        message("asked", hours=3),
        message("asked-una", hours=70, address=UNA),
        message("asked-old", hours=40),
        known=(UNA,),
    ) == ["asked-una", "asked", "asked-old", "told-una", "told", "told-old"]


def test_of_a_thread_the_newest_of_a_sender_stands_for_all() -> None:
    first, again = message("first", hours=30), message("again", references=("first@example.org",))
    assert listed(first, again) == ["again"]
    other = message("other", address=UNA, references=("first@example.org",))
    assert listed(first, other) == ["other", "first"]


def test_messages_that_name_each_other_do_not_make_both_vanish() -> None:
    one = message("one", hours=2, references=("two@example.org",))
    two = message("two", hours=3, references=("one@example.org",))
    assert listed(one, two) == ["one"]
    same = message("same", references=("same@example.org",))
    assert listed(same) == ["same"]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hello Ada.\n\nCan you come on Friday? Tom", "Can you come on Friday?"),
        ("See https://example.org/?a=1 for the list.", ""),
        ("Please let me know by Monday.\nTom", "Please let me know by Monday"),
        ("RSVP until June", "RSVP until June"),
        ("Really?! … ??", "Really?"),
        ("行けますか？", "行けますか？"),
        ("No question here.", ""),
        ("", ""),
    ],
)
def test_what_a_message_asks(text: str, question: str) -> None:
    assert question_in(text) == question


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        ("no-reply@example.org", True),
        ("noreply+4711@example.org", True),
        ("do.not.reply@example.org", True),
        ("MAILER-DAEMON@example.org", True),
        ("shop-notifications@example.org", True),
        ("alerts@example.org", True),
        ("norbert.replyson@example.org", False),
        ("bouncer@example.org", False),
        ("tom@noreply.example.org", False),
    ],
)
def test_addresses_that_nobody_reads(address: str, holds: bool) -> None:
    assert is_no_reply(address) is holds


def test_the_reason_is_a_sentence() -> None:
    [one] = waiting([message("one")], {ME}, {TOM}, NOW)
    assert one.why == (
        "Asks “Can you come on Friday?”; you have written to them before; has waited for 5 hours."
    )
    [two] = waiting([message("two", "A note.", 90)], {ME}, (), NOW)
    assert two.why == "Addressed to you; you have not written to them yet; has waited for 3 days."


people = st.sampled_from([ME, TOM, UNA, "noreply@example.org", ""])
messages = st.builds(
    message,
    st.integers(0, 6).map(str),
    st.sampled_from(["Come?", "Thanks.", "Please reply.\n", "¿?", "x" * 400 + "?"]) | st.text(),
    st.floats(-10, 24 * 40),
    address=people,
    to=st.lists(people, max_size=MOST_ADDRESSEES + 2).map(tuple),
    bulk=st.sampled_from(["", "a newsletter"]),
    references=st.lists(st.integers(0, 6).map(lambda n: f"{n}@example.org"), max_size=3).map(tuple),
    answered_at=st.none() | st.just(NOW),
    dismissed_at=st.none() | st.just(NOW),
)


@given(st.lists(messages, max_size=12), st.sets(people))
def test_the_rule_holds_for_any_messages(given: list[Message], known: set[str]) -> None:
    found = waiting(given, {ME}, known, NOW)
    assert all(reason_against(one.message, {ME}, NOW) == "" for one in found)
    assert all(one.why.count("\n") == 0 and one.why.endswith(".") for one in found)
    assert all(len(one.question) <= 130 for one in found)
    # whoever waits is on the list, with the newest of their messages
    open_ones = [one for one in given if not reason_against(one, {ME}, NOW)]
    for sender in {one.address for one in open_ones}:
        newest = max(one.written for one in open_ones if one.address == sender)
        assert any(o.message.written == newest and o.message.address == sender for o in found)
    assert all(_rank(a) <= _rank(b) for a, b in pairwise(found))
    assert waiting(reversed(given), {ME}, known, NOW) == found or len(
        {one.id for one in given}
    ) < len(given)


def _rank(one: Waiting) -> tuple[bool, bool, float]:
    return not one.question, not one.knows, -one.message.written.timestamp()
