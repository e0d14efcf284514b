"""An IMAP inbox as context, and drafts saved into an account, against a real server."""

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import dovecot
import pytest
from collector_contract import Pass, gather
from dovecot import PASSWORD, SENT, Mail
from letters import ME, mail
from memory_keyring import MemoryKeyring

from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Answers, Incoming, Source
from microtune_collectors.imap import ImapCollector, open_imap, try_out
from microtune_collectors.imap_drafts import save_draft
from tests.cli.running import facts, run
from tests.collectors.test_imap_commands import given as given  # standard input with the password

TOM = "Tom Reed <tom@example.org>"
NOW = datetime.now(UTC)


def letter(name: str, sender: str = TOM, hours: float = 1, **fields: str) -> bytes:
    date = format_datetime(NOW - timedelta(hours=hours))
    message = mail(name, f"Will you come, {name}?", sender, date)
    del message["To"]
    message["To"] = f"Ann <{ME}>"
    for field, value in fields.items():
        message[field.replace("_", "-")] = value
    return message.as_bytes()


def collector(url: str) -> ImapCollector:
    return ImapCollector(open_imap(url, (ME,), context=True), secret=lambda account: PASSWORD)


def read(url: str, marks: dict[str, str] | None = None) -> Pass:
    return gather(collector(url).collect(marks or {}), marks or {})


def test_inbox_and_sent_mail_are_read(account: Mail) -> None:
    append(account, letter("one"))
    account.deliver(letter("sent", f"Ann <{ME}>", In_Reply_To="<one@example.org>"))
    account.deliver(letter("elsewhere"), account.folder("Archive"))
    assert try_out(open_imap(account.url(), (ME,), context=True), PASSWORD) == ("INBOX", SENT)
    result = read(account.url())
    [found] = result.found
    assert isinstance(found, Incoming)
    assert (found.message_id, found.is_answered) == ("one@example.org", False)
    [answer] = result.skipped
    assert isinstance(answer, Answers)
    assert answer.answers == ("one@example.org",)
    again = read(account.url(), result.marks)
    assert (again.found, again.skipped) == ([], [])


def test_an_account_without_sent_mail_is_an_inbox_all_the_same(server: dovecot.Dovecot) -> None:
    account = server.mail(sent="")
    append(account, letter("one"))
    assert [found.place for found in read(account.url()).found] == ["INBOX#one@example.org"]


def test_what_came_long_ago_is_not_even_fetched(account: Mail) -> None:
    append(account, letter("new"))
    append(account, letter("old", hours=24 * 200), NOW - timedelta(200))
    result = read(account.url())
    assert [found.place for found in result.found] == ["INBOX#new@example.org"]
    assert result.skipped == []


def test_what_is_marked_as_answered_after_it_was_read(account: Mail) -> None:
    for name in ("one", "two"):
        append(account, letter(name))
    result = read(account.url())
    with account.client() as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", "\\Answered")
    again = read(account.url(), result.marks)
    assert again.found == []
    assert [(a.answers, a.reason) for a in again.skipped if isinstance(a, Answers)] == [
        (("one@example.org",), "")
    ]
    [one, _] = read(account.url()).found
    assert isinstance(one, Incoming)
    assert one.is_answered


def test_reading_leaves_the_inbox_as_it_was(account: Mail) -> None:
    append(account, letter("one"))
    read(account.url())
    with account.client() as client:
        client.select("INBOX", readonly=True)
        assert b"\\Seen" not in client.fetch("1", "(FLAGS)")[1][0]


# Drafts ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_drafts() -> Iterator[dovecot.Dovecot]:
    """A server on which a folder of another name is that of drafts."""
    special = "namespace inbox {\n mailbox Unfinished {\n special_use = \\Drafts\n }\n}\n"
    with dovecot.running(special) as running:
        yield running


def source(account: Mail) -> Source:
    return open_imap(account.url(), (ME,))


def test_a_draft_goes_where_the_server_keeps_drafts(with_drafts: dovecot.Dovecot) -> None:
    account = with_drafts.mail()
    account.folder("Drafts")  # only its name says so
    account.folder("Unfinished")
    message = letter("draft", f"Ann <{ME}>")
    assert save_draft(source(account), message, lambda account: PASSWORD) == "Unfinished"
    [(flags, kept)] = messages(account, "Unfinished")
    assert b"\\Draft" in flags
    assert kept["Message-ID"] == "<draft@example.org>"


@pytest.mark.parametrize("name", ["Drafts", "INBOX/Entwürfe"])
def test_else_where_it_is_called_so(account: Mail, name: str) -> None:
    with account.client() as client:
        coded = name.replace("ü", "&APw-")
        assert client.create(f'"{coded}"')[0] == "OK"
    assert save_draft(source(account), letter("draft"), lambda account: PASSWORD) == name


def test_without_a_folder_of_drafts_it_is_said(account: Mail) -> None:
    from microtune.errors import MicrotuneError

    with pytest.raises(MicrotuneError, match=r"no folder for drafts .* INBOX, Outgoing"):
        save_draft(source(account), letter("draft"), lambda account: PASSWORD)


def test_a_prepared_answer_is_saved_as_an_answer(
    account: Mail, given: Path, memory_keyring: MemoryKeyring, own_home: Path
) -> None:
    """The whole way at the command line, with a draft that was recorded as `reply ID` does."""
    account.folder("Drafts")
    append(account, letter("lease", References="<start@example.org>", Reply_To="Una <u@e.org>"))
    added = facts("sources", "add", account.url(), "--context", "--me", ME, "--password-stdin")
    assert added["folders"] == ["INBOX", SENT]
    assert facts("collect")["received"] == 1
    [waits] = facts("today")["waiting"]
    with Store.open(Home(own_home)) as store:
        request = {"to": "Tom Reed", "subject": "About lease", "text": waits["text"]}
        generated = Generated(1, 1, 0.0, 0.0, "stop")
        draft = store.drafts.record(
            Draft("reply", request, "Gladly, at nöon.", "b", "", Sampling(), generated)
        )
        store.received.tie(draft.id, waits["id"])
    saved = facts("drafts", "save", draft.id, "--to-imap", account.url())
    assert saved == {"draft": draft.id, "folder": "Drafts", "source": added["source"]}
    [(_, kept)] = messages(account, "Drafts")
    assert kept["To"] == "Una <u@e.org>"
    assert kept["From"] == ME
    assert kept["Subject"] == "Re: About lease"
    assert kept["In-Reply-To"] == "<lease@example.org>"
    assert kept["References"] == "<start@example.org> <lease@example.org>"
    assert kept.get_content().strip() == "Gladly, at nöon."
    assert "is no IMAP account" not in run("drafts", "save", "ffff", "--to-imap", added["id"]).err
    assert facts("collect")["received"] == 0  # drafts are not read


def append(account: Mail, message: bytes, at: datetime = NOW) -> None:
    with account.client() as client:
        client.select("INBOX")  # which makes it
        assert client.append("INBOX", "", at, message)[0] == "OK"


def messages(account: Mail, folder: str) -> list[tuple[bytes, EmailMessage]]:
    """Flags and content of what lies in a folder."""
    with account.client() as client:
        client.select(folder, readonly=True)
        data = client.fetch("1:*", "(FLAGS RFC822)")[1]
    found = [item for item in data if isinstance(item, tuple)]
    return [
        (head, email.message_from_bytes(body, policy=email.policy.default))  # type: ignore[misc]
        for head, body in found
    ]
