"""What is read of an IMAP account, against a real server: folders, numbers, flags, sizes."""

import tracemalloc
from datetime import UTC, datetime

import dovecot
import pytest
from collector_contract import Pass, gather
from dovecot import SENT, Mail
from letters import ME, mail

from microtune.errors import MicrotuneError
from microtune_collectors import imap_fetch
from microtune_collectors.imap import ImapCollector, open_imap, try_out
from microtune_collectors.message import KEPT


def collector(url: str) -> ImapCollector:
    return ImapCollector(open_imap(url, (ME,)), secret=lambda account: dovecot.PASSWORD)


def read(url: str, marks: dict[str, str] | None = None) -> Pass:
    return gather(collector(url).collect(marks or {}), marks or {})


def letter(name: str, text: str = "") -> bytes:
    return mail(name, text or f"This is the letter {name}.").as_bytes()


def test_the_folder_of_sent_mail_is_told_by_its_special_use(account: Mail) -> None:
    account.folder("Sent")  # only its name says so
    account.deliver(letter("by-flag"))
    account.deliver(letter("by-name"), "Sent")
    account.deliver(letter("received"), account.folder("Work"))
    assert [found.place for found in read(account.url()).found] == [f"{SENT}#by-flag@example.org"]


@pytest.mark.parametrize("name", ["Sent", "Sent Items", "Mail/Gesendete Objekte"])
def test_else_by_a_common_name(server: dovecot.Dovecot, name: str) -> None:
    account = server.mail(sent=name)
    account.deliver(letter("one"), name)
    account.deliver(letter("two"), account.folder("Sentinel reports, unsent"))
    assert [found.place for found in read(account.url()).found] == [f"{name}#one@example.org"]


def test_other_folders_are_read_when_asked_for(account: Mail) -> None:
    account.deliver(letter("one"))
    for folder in ("Old work", "Trash"):
        account.deliver(letter(folder.split()[0]), account.folder(folder))
    result = read(account.url("&folder=Old%20work&folder=Trash&folder=Gone"))
    assert {found.place for found in result.found} == {
        f"{SENT}#one@example.org",
        "Old work#Old@example.org",
    }
    assert {(skip.place, skip.reason) for skip in result.skipped} == {
        ("Trash", "deleted"),
        ("Gone", "unreadable"),
    }


def test_names_of_folders_beyond_ascii(server: dovecot.Dovecot) -> None:
    account = server.mail(sent="")
    name = '"&AMk-l&AOk-ments envoy&AOk-s"'  # modified UTF-7
    with account.client() as client:
        assert client.create(name)[0] == "OK"
        assert client.append(name, "", "", letter("un"))[0] == "OK"
    (found,) = read(account.url()).found
    assert found.place == "Éléments envoyés#un@example.org"


def test_an_account_without_sent_mail_names_its_folders(server: dovecot.Dovecot) -> None:
    account = server.mail(sent="Work")
    with pytest.raises(MicrotuneError, match=r"no folder of sent mail .* There are: INBOX, Work"):
        read(account.url())
    assert read(account.url("&folder=Work")).found == []


def test_trying_out_tells_the_folders_or_what_is_missing(account: Mail) -> None:
    source = open_imap(account.url("&folder=INBOX"), (ME,))
    assert try_out(source, dovecot.PASSWORD) == (SENT, "INBOX")
    with pytest.raises(MicrotuneError, match=r"has no folder Wrok .* There are: INBOX, Outgoing"):
        try_out(open_imap(account.url("&folder=Wrok"), (ME,)), dovecot.PASSWORD)


def test_a_folder_that_is_numbered_anew_is_read_anew(account: Mail) -> None:
    for name in ("one", "two"):
        account.deliver(letter(name))
    first = read(account.url())
    account.renew()
    for name in ("one", "two", "three"):
        account.deliver(letter(name))
    second = read(account.url(), first.marks)
    assert {found.place for found in first.found} < {found.place for found in second.found}
    assert len(second.found) == 3  # the store knows two of them by their content
    assert read(account.url(), second.marks).found == []


@pytest.mark.parametrize("mark", ["", "nonsense", "1:2:3", ":", "7:-1", "0:999"])
def test_a_mark_that_is_not_ours_costs_a_reading(account: Mail, mark: str) -> None:
    account.deliver(letter("one"))
    assert len(read(account.url(), {SENT: mark}).found) == 1


def test_nothing_changes_on_the_server(account: Mail) -> None:
    account.deliver(letter("one"))
    read(account.url())
    with account.client() as client:
        client.select(SENT, readonly=True)
        assert client.search(None, "UNSEEN")[1] == [b"1"]


def test_deleted_messages_and_drafts_are_not_fetched(account: Mail) -> None:
    for name, flags in (("one", "\\Seen"), ("two", "\\Deleted"), ("three", "\\Draft")):
        with account.client() as client:
            client.append(SENT, flags, None, letter(name))
    result = read(account.url())
    assert [found.place for found in result.found] == [f"{SENT}#one@example.org"]
    assert result.reasons == {"deleted", "machine-made"}


def test_a_message_without_a_date_has_the_servers(account: Mail) -> None:
    message = mail("one", "Some words.")
    del message["Date"]
    with account.client() as client:
        client.append(SENT, None, '"03-Mar-2011 04:05:06 +0100"', message.as_bytes())
    (found,) = read(account.url()).found
    assert found.written == datetime(2011, 3, 3, 3, 5, 6, tzinfo=UTC)


def test_many_and_large_messages_are_read_within_bounds(account: Mail) -> None:
    """Six messages of twice what is kept of one: never more than a few of them in memory."""
    attachment = b"X" * 76 + b"\r\n"
    text = letter("large").replace(b"\n", b"\r\n") + b"\r\n"
    for number in range(6):
        account.deliver(text + attachment * (2 * KEPT // len(attachment)) + b"%d" % number)
    for number in range(120):
        account.deliver(letter(f"small-{number}"))
    tracemalloc.start()
    places = [item.place for item in collector(account.url()).collect({}) if hasattr(item, "text")]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(set(places)) == 121
    assert peak < 10 * KEPT


def test_batches_are_bounded_and_lose_nothing() -> None:
    sizes = [1, KEPT, 5, 9 * KEPT, KEPT - 5, 5, 1, *[10] * 250]
    listed = [imap_fetch.Listed(n, size, frozenset(), "") for n, size in enumerate(sizes)]
    batches = list(imap_fetch.batches(listed))
    assert [one for batch in batches for one in batch] == listed
    assert all(sum(one.kept for one in batch) <= KEPT for batch in batches)
    assert max(map(len, batches)) == imap_fetch.BATCH_MESSAGES
