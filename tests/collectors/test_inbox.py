"""Messages of an inbox as collectors read them: whose they are, what they answer, who sent many."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ME, mail

from microtune.words import Answers, Found, Incoming, Skip
from microtune_collectors.message import Mailbox, read_message

BOX = Mailbox("inbox", frozenset({ME}), datetime(2026, 1, 1, tzinfo=UTC), context=True)
TOM = "Tom Reed <Tom@Example.org>"


def read(name: str = "one", text: str = "Come.", sender: str = TOM, **fields: str) -> Found | Skip:
    message = mail(name, text, sender)
    for field, value in fields.items():
        del message[field.replace("_", "-")]
        message[field.replace("_", "-")] = value
    return read_message(message.as_bytes(), BOX)


def test_what_is_told_of_a_message() -> None:
    found = read(To=f"{ME}, Ben <BEN@example.org>", Reply_To="Una <una@example.org>")
    assert found == Incoming(
        place="inbox#one@example.org",
        text="Come.",
        kind="mail",
        author=TOM,
        written=datetime(2000, 5, 2, 21, 23, tzinfo=UTC),
        recipients=(ME, "Ben <BEN@example.org>"),
        subject="About one",
        message_id="one@example.org",
        address="tom@example.org",
        reply_to="Una <una@example.org>",
        to=(ME, "ben@example.org"),
    )


def test_a_thread_is_told_the_oldest_first() -> None:
    found = read(References="<a@x> <b@x>  <c@x>", In_Reply_To="Tom's of Monday <b@x>")
    assert isinstance(found, Incoming)
    assert found.answers == ("a@x", "b@x", "c@x")


def test_of_what_the_person_sent_only_the_answered_is_told() -> None:
    item = read(sender=f"Ann <{ME}>", text="Yes.", In_Reply_To="<a@x>")
    assert isinstance(item, Answers)
    assert (item.answers, item.reason) == (("a@x",), "sent by you")
    assert "Yes." not in repr(item)


def test_sent_mail_elsewhere_tells_what_it_answers_too() -> None:
    sent = mail("one", "A letter of some words.")
    sent["References"] = "<a@x> <b@x>"
    item = read_message(sent.as_bytes(), Mailbox("sent", frozenset({ME}), BOX.now))
    assert isinstance(item, Found)
    assert item.answers == ("a@x", "b@x")


@pytest.mark.parametrize(
    ("field", "value", "bulk"),
    [
        ("List_Id", "<choir.example.org>", "a mailing list"),
        ("List_Post", "<mailto:choir@example.org>", "a mailing list"),
        ("Mailing_List", "contact choir", "a mailing list"),
        ("List_Unsubscribe", "<https://example.org/u>", "a newsletter"),
        ("Feedback_ID", "1:2:3:shop", "a newsletter"),
        ("Precedence", "Bulk", "sent to many"),
        ("Precedence", "first-class", ""),
        ("X_Mailer", "mutt", ""),
    ],
)
def test_why_nobody_waits(field: str, value: str, bulk: str) -> None:
    found = read(**{field: value})
    assert isinstance(found, Incoming)
    assert found.bulk == bulk


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("Auto_Submitted", "auto-generated", "machine-made"),
        ("Subject", "Out of office: away", "machine-made"),
        ("X_Gmail_Labels", "Inbox,Spam", "machine-made"),
        ("X_Gmail_Labels", "Trash", "deleted"),
        ("Return_Path", "<>", "machine-made"),
    ],
)
def test_what_is_not_even_taken(field: str, value: str, reason: str) -> None:
    item = read(**{field: value})
    assert isinstance(item, Skip)
    assert item.reason == reason


def test_an_inbox_with_labels_need_not_be_labelled_as_sent() -> None:
    assert isinstance(read(X_Gmail_Labels="Inbox,Important"), Incoming)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_message_or_a_skip_and_never_a_text_of_the_persons(data: bytes) -> None:
    for head in (b"", b"From: Tom <tom@example.org>\n", f"From: {ME}\nTo: ".encode()):
        item = read_message(head + data, BOX)
        assert isinstance(item, Incoming | Skip)
