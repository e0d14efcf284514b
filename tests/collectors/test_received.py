"""A message that somebody sent, as context for an answer."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune_collectors.received import Received, read_received
from tests.collectors.letters import mail

BEN = "Ben Ó Briain <ben@example.com>"


def test_a_message_gives_its_text_sender_and_subject() -> None:
    message = mail("plums", "Will you come?\n", sender=BEN)
    assert read_received(message.as_bytes()) == Received("Will you come?", BEN, "About plums")


def test_line_ends_and_the_envelope_of_an_mbox_change_nothing() -> None:
    data = mail("plums", "Will you come?\nDo.\n", sender=BEN).as_bytes()
    expected = Received("Will you come?\nDo.", BEN, "About plums")
    assert read_received(data.replace(b"\n", b"\r\n")) == expected
    assert read_received(b"From ben@example.com Tue May  2 14:23:00 2000\n" + data) == expected


def test_of_several_parts_the_plain_text_is_read() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "ben@example.com", "=?utf-8?q?Gr=C3=BC=C3=9Fe?="
    message.set_content("Will you come?")
    message.add_alternative("<p>Will <b>you</b> come?</p>", subtype="html")
    message.add_attachment(b"\0" * 1000, maintype="image", subtype="png", filename="plums.png")
    received = read_received(message.as_bytes())
    assert received == Received("Will you come?", "ben@example.com", "Grüße")


def test_a_message_of_html_alone_is_read_as_text() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "ben@example.com", "Plums"
    message.set_content("<p>Will <b>you</b> come?</p>", subtype="html")
    assert read_received(message.as_bytes()).text == "Will you come?"


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "utf-16"])
def test_text_without_headers_is_the_body(charset: str) -> None:
    text = "Note: come on Tuesday, Zoë.\n\nBring the plums."
    assert read_received(text.encode(charset)) == Received(text, "", "")


@pytest.mark.parametrize("data", [b"", b"\n\n\n", bytes(range(256)) * 10])
def test_what_is_no_text_is_empty(data: bytes) -> None:
    assert read_received(data) == Received("", "", "")


@given(st.binary(max_size=300), st.sampled_from([b"", b"From: a@b.c\nSubject: x\n"]))
def test_nothing_raises(data: bytes, head: bytes) -> None:
    received = read_received(head + data)
    assert received.text == received.text.strip()
