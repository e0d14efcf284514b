"""A draft as a mail message: headers of an answer, and nothing that a header cannot hold."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.messages import Message
from microtune_tui.outgoing import as_mail
from tests.microtune.inboxes import ME, NOW, message

OTHER = "ada@work.example"


def draft(command: str = "reply", text: str = "Gladly.", **request: str) -> Draft:
    generated = Generated(1, 1, 0.0, 0.0, "stop")
    return Draft(command, request, text, "b", "", Sampling(), generated, id="1", at=NOW)


def read(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_an_answer_has_the_headers_of_one() -> None:
    answered = message("two", references=("one@example.org",), to=(OTHER,))
    mail = read(as_mail(draft(), (ME, OTHER), answered))
    assert mail["From"] == OTHER  # where the message went to
    assert mail["To"] == "Tom Reed <tom@example.org>"
    assert mail["Subject"] == "Re: About two"
    assert mail["In-Reply-To"] == "<two@example.org>"
    assert mail["References"] == "<one@example.org> <two@example.org>"
    assert mail["Date"].datetime == NOW.replace(microsecond=0)
    assert mail["Message-ID"].endswith("@work.example>")
    assert mail.get_content().strip() == "Gladly."


@pytest.mark.parametrize("subject", ["Re: lease", "RE : lease", "AW: lease", "Re[2]: lease"])
def test_a_subject_is_answered_once(subject: str) -> None:
    assert read(as_mail(draft(), (ME,), message("one", subject=subject)))["Subject"] == subject


def test_a_letter_goes_to_whom_it_was_asked_for() -> None:
    letter = draft("write", to="Ana Ruiz <ana@example.org>", subject="The visit")
    mail = read(as_mail(letter, (ME,), text="Edited.\n\n"))
    assert (mail["To"], mail["Subject"]) == ("Ana Ruiz <ana@example.org>", "The visit")
    assert mail["In-Reply-To"] is None
    assert mail.get_content().strip() == "Edited."
    nameless = read(as_mail(draft("write", to="Ana"), ()))
    assert (nameless["To"], nameless["From"]) == (None, None)


@given(st.text(), st.text(), st.text(), st.lists(st.text(), max_size=3))
@example("@0", "", "", [])
def test_whatever_a_message_says_no_header_is_added(
    name: str, subject: str, id: str, references: list[str]
) -> None:
    answered = Message(
        "Come?", "s", "p", datetime(2026, 1, 1, tzinfo=UTC), id, tuple(references), name, name,
        name, (ME,), subject,
    )  # fmt: skip
    mail = read(as_mail(draft(text=subject), (ME,), answered))
    assert set(mail.keys()) <= {
        "From", "To", "Subject", "In-Reply-To", "References", "Date", "Message-ID",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
