"""One message: charsets, bodies, dates, and whose it is."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ME, mail

from microtune.words import Found, Skip
from microtune_collectors.message import Mailbox, read_message

NOW = datetime(2024, 6, 1, tzinfo=UTC)
BOX = Mailbox("sent", frozenset({ME}), NOW)
HEAD = f"From: {ME}\nTo: ben@example.com\n"


def read(message: str | bytes | EmailMessage) -> Found | Skip:
    if isinstance(message, EmailMessage):
        message = message.as_bytes()
    return read_message(message.encode() if isinstance(message, str) else message, BOX)


def found(message: str | bytes | EmailMessage) -> Found:
    item = read(message)
    assert isinstance(item, Found), item
    return item


def reason(message: str | bytes | EmailMessage) -> str:
    item = read(message)
    assert isinstance(item, Skip), item
    return item.reason


def test_a_plain_letter_is_read_with_all_that_is_known_of_it() -> None:
    item = found(mail("tea", "Come to tea.\n"))
    assert item == Found(
        place="sent#tea@example.org",
        text="Come to tea.",
        kind="mail",
        author=f"Ann Hebert <{ME}>",
        written=datetime(2000, 5, 2, 21, 23, tzinfo=UTC),
        recipients=("Ben Ó Briain <ben@example.com>", "carol@example.com"),
        subject="About tea",
    )


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", "Grüße aus Köln".encode("latin-1"), "Grüße aus Köln"),
        ("iso-8859-1", b"\x93quoted\x94", "“quoted”"),  # Windows calls its own charset latin-1
        ("us-ascii", "Grüße".encode(), "Grüße"),  # a lie
        ("x-unknown", "Grüße".encode(), "Grüße"),
        ("unicode_escape", b"a\\ud800b", "a\\ud800b"),  # no charset, though Python knows it
        ("hex", b"6162", "6162"),
        ("koi8-r", "привет".encode("koi8-r"), "привет"),
        ("gb2312", "你好".encode("gb18030"), "你好"),
        ("utf-8", b"caf\xe9", "café"),
        ("utf-8", b"nul\x00byte", "nulbyte"),
    ],
)
def test_any_charset_even_a_lying_one(charset: str, data: bytes, text: str) -> None:
    head = f"{HEAD}Content-Type: text/plain; charset={charset}\n\n".encode()
    assert found(head + data).text == text


def test_encoded_words_in_headers_are_decoded_also_when_divided_within_a_character() -> None:
    subject = "=?utf-8?b?R3LD?= =?utf-8?b?vMOfZQ==?= and =?iso-8859-1?q?caf=E9?="
    assert found(f"{HEAD}Subject: {subject}\n\nHi").subject == "Grüße and café"
    assert found(f"{HEAD}Subject: =?nonsense?x?\n\nHi").subject == "=?nonsense?x?"
    assert found(f"{HEAD}Subject: a long\n\tfolded one\n\nHi").subject == "a long folded one"


def test_plain_text_is_preferred_to_html() -> None:
    message = mail("both", "The plain words.")
    message.add_alternative("<p>The rich words.</p>", subtype="html")
    assert found(message).text == "The plain words."


def test_html_alone_becomes_text_with_its_quotes_marked() -> None:
    html = (
        "<div>Dear Ben,</div><div><br></div><div>yes &amp; <b>gladly</b>.<br></div><div>Ann</div>"
        '<div class="gmail_quote"><div>On Monday Ben wrote:<br></div>'
        "<blockquote>Will you<br>come?</blockquote></div>"
    )
    message = EmailMessage()
    message["From"] = ME
    message.set_content(html, subtype="html")
    assert found(message).text == (
        "Dear Ben,\n\nyes & gladly.\nAnn\nOn Monday Ben wrote:\n\n> Will you\n> come?"
    )


def test_a_webmail_quote_without_blockquote_is_marked_too() -> None:
    html = 'Mine.<div class="gmail_quote"><div>Forwarded:</div><div>theirs</div></div>'
    text = found(f"{HEAD}Content-Type: text/html\n\n{html}").text
    assert text.splitlines()[0] == "Mine."
    assert [line for line in text.splitlines() if "theirs" in line] == ["> theirs"]


def test_attachments_are_passed_over_and_texts_around_them_joined() -> None:
    message = mail("joined", "Before the picture.")
    message.add_attachment(b"\x89PNG" * 999, "image", "png", filename="a.png")
    message.add_attachment("attached words", filename="notes.txt")
    assert found(message).text == "Before the picture."


def test_a_multipart_cut_short_or_without_boundary_is_read_as_far_as_it_goes() -> None:
    head = f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    assert found(f"{head}Content-Type: text/plain\n\nHalf a lett").text == "Half a lett"
    assert found(f"{HEAD}Content-Type: multipart/mixed\n\nJust text").text == "Just text"


def test_transfer_encodings_even_broken_ones() -> None:
    def coded(encoding: str, body: str) -> str:
        return found(f"{HEAD}Content-Transfer-Encoding: {encoding}\n\n{body}").text

    assert coded("quoted-printable", "caf=C3=A9 a=\nu lait=") == "café au lait"
    assert coded("base64", "SGVsbG8gd29ybGQ=\n-- \nA list's footer") == "Hello world"
    assert coded("base64", "SGVsbG8gd29ybGQ") == "Hello world"


def test_flowed_text_is_joined_into_paragraphs() -> None:
    body = "One line that \ngoes on.\nAnother.\n> quoted and \n> flowed\n-- \nAnn"
    message = f"{HEAD}Content-Type: text/plain; format=flowed\n\n{body}"
    assert found(message).text == (
        "One line that goes on.\nAnother.\n> quoted and flowed\n-- \nAnn"
    )


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Date: Tue, 2 May 2000 14:23:00 -0700", datetime(2000, 5, 2, 21, 23, tzinfo=UTC)),
        ("Date: Fri, 1 Jan 1904 00:00:00 +0000", None),
        ("Date: Thu, 31 Dec 1903 17:00:00 -0700", None),
        ("Date: Wed, 31 Dec 1969 16:00:00 -0800", None),
        ("Date: Tue, 1 Jan 1980 00:00:05 +0100", None),
        ("Date: Fri, 2 May 2099 10:00:00 +0000", None),
        ("Date: yesterday", None),
        ("X-None: 1", None),
        ("Date: Mon, 3 May 1982 10:00:00 GMT", datetime(1982, 5, 3, 10, tzinfo=UTC)),
        (
            "Date: Fri, 1 Jan 1904 00:00:00 +0000\n"
            "Received: from a by b; Wed, 3 May 2000 09:00:00 +0000\n"
            "Received: from c by a; Tue, 2 May 2000 08:00:00 +0000",
            datetime(2000, 5, 3, 9, tzinfo=UTC),
        ),
    ],
)
def test_dates_of_clocks_that_were_set(headers: str, expected: datetime | None) -> None:
    assert found(f"{HEAD}{headers}\n\nHi").written == expected


def test_the_from_line_of_an_mbox_dates_what_nothing_else_does() -> None:
    item = read_message(f"{HEAD}\nHi".encode(), BOX, envelope="Tue May  2 14:23:00 2000")
    assert isinstance(item, Found)
    assert item.written == datetime(2000, 5, 2, 14, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sender", "mine"),
    [
        (f"From: {ME}", True),
        (f"From: Ann <{ME.upper()}>", True),
        ("From: ann at example.org (Ann Hebert)", True),
        (f"From: boss@example.org\nSender: Ann <{ME}>", True),
        ("From: ben@example.com", False),
        (f"From: ben@example.com\nTo: {ME}", False),
        (f"From: ben@example.com\nResent-From: {ME}", False),  # passed on, not written
        (f'From: "{ME} via list" <list@example.com>', False),
        (f"From: x{ME}", False),
        ("From: Ann Hebert", False),
        ("X-None: 1", False),
    ],
)
def test_only_what_the_owner_wrote(sender: str, mine: bool) -> None:
    item = read(f"{sender}\n\nHi")
    assert isinstance(item, Found) is mine
    assert mine or (isinstance(item, Skip) and item.reason == "not written by you")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Auto-Submitted: auto-replied", "machine-made"),
        ("Precedence: auto_reply", "machine-made"),
        ("Subject: Automatic reply: Tea", "machine-made"),
        ("Content-Type: text/calendar", "machine-made"),
        ("Content-Type: multipart/report; boundary=b", "machine-made"),
        ("Return-Path: <>", "machine-made"),
        ("X-Gmail-Labels: Sent,Spam", "machine-made"),
        ("X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?=", "machine-made"),
        ("X-Folder: \\Ann\\Mail\\Drafts", "machine-made"),
        ("X-Gmail-Labels: Trash", "deleted"),
        ("X-Mozilla-Status: 0009", "deleted"),
        ("Content-Type: image/png", "no text"),
    ],
)
def test_what_no_person_wrote_is_skipped(headers: str, expected: str) -> None:
    assert reason(f"{HEAD}{headers}\n\nSome words") == expected


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: list", "X-Folder: Spam 2"])
def test_what_only_looks_machine_made_is_kept(header: str) -> None:
    assert found(f"{HEAD}{header}\n\nSome words").text == "Some words"


def test_labels_and_groups_of_recipients() -> None:
    item = found(
        f'From: {ME}\nTo: Friends: "Ó, Ben" <b@c.d>, e@f.g;, undisclosed-recipients:;\n'
        "X-Gmail-Labels: Sent,Important\nX-Folder: \\A\\Notes\\'sent mail\n\nHi"
    )
    assert item.recipients == ('"Ó, Ben" <b@c.d>', "e@f.g")
    assert item.labels == ("Sent", "Important", "sent mail")


def test_without_message_id_the_place_comes_from_the_content() -> None:
    one, same, other = (found(f"{HEAD}\n{text}").place for text in ("Hi", "Hi", "Ho"))
    assert one == same != other


KINDS = ["text/plain", "text/html", "multipart/mixed; boundary=b", "multipart/alternative", ""]


@given(
    st.binary(max_size=400),
    st.sampled_from(KINDS),
    st.sampled_from(["utf-8", "utf-7", "utf-16", "idna", "cp037", "☃"]),
    st.sampled_from(["7bit", "base64", "quoted-printable"]),
)
def test_any_body_is_read_or_skipped(body: bytes, kind: str, charset: str, coding: str) -> None:
    head = f"{HEAD}Content-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {coding}\n\n"
    item = read_message(head.encode() + body, BOX)
    assert isinstance(item, Skip) or item.text.encode()


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_skipped(data: bytes) -> None:
    item = read_message(f"From: {ME}\n".encode() + data, BOX)
    fields = (item.place,) if isinstance(item, Skip) else (item.place, item.text, item.subject)
    assert all(isinstance(field.encode(), bytes) for field in fields)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=300))
def test_text_that_pythons_mailer_writes_comes_back(text: str) -> None:
    message = EmailMessage()
    message["From"] = ME
    message.set_content(text)
    item = read_message(message.as_bytes(), BOX)
    if isinstance(item, Skip):
        assert not text.strip()
    else:
        lines = message.get_content().splitlines()
        assert item.text.strip().split() == "\n".join(lines).strip().split()
