"""An IMAP server that cannot be trusted, refuses, breaks off or falls silent: one line each."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from collector_contract import gather
from cut_line import CutLine
from dovecot import PASSWORD, Mail
from letters import ME, mail

from microtune.errors import MicrotuneError
from microtune.words import Found, Mark, Skip
from microtune_collectors import imap_fetch
from microtune_collectors.imap import ImapCollector, open_imap
from microtune_collectors.imap_backoff import ONCE, Backoff
from microtune_collectors.imap_failure import ImapFailure

LETTERS = 40
QUICK = Backoff(first_s=0.01, attempts=4)


@pytest.fixture
def filled(account: Mail, monkeypatch: pytest.MonkeyPatch) -> Mail:
    """A folder that takes several batches."""
    monkeypatch.setattr(imap_fetch, "BATCH_MESSAGES", 5)
    for number in range(LETTERS):
        account.deliver(mail(f"{number}", f"This is letter {number}. " * 40).as_bytes())
    return account


def collector(
    url: str, password: str = PASSWORD, backoff: Backoff = ONCE, timeout_s: float = 60
) -> ImapCollector:
    return ImapCollector(open_imap(url, (ME,)), lambda account: password, timeout_s, backoff)


def refusal(url: str, password: str = PASSWORD, timeout_s: float = 60) -> str:
    """The one line that a pass ends in before anything was read."""
    with pytest.raises(MicrotuneError) as refused:
        list(collector(url, password, timeout_s=timeout_s).collect({}))
    line = str(refused.value)
    assert refused.value.remedy
    assert "\n" not in line
    assert password not in line
    return line


def until_it_fails(reading: ImapCollector, marks: dict[str, str]) -> list[Found | Skip | Mark]:
    """What a pass yields before it ends in an error."""
    events: list[Found | Skip | Mark] = []
    with pytest.raises(MicrotuneError, match=r"kept; the next pass goes on"):
        events.extend(event for event in reading.collect(marks))
    return events


@contextmanager
def answering(*lines: bytes) -> Iterator[int]:
    """A server that says these lines, one for each that it is told, and nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _ = listening.accept()
            with client, client.makefile("rb") as told:
                for line in lines:
                    tag = b"*" if line is lines[0] else told.readline().split(b" ")[0]
                    client.sendall(line.replace(b"TAG", tag))
                told.readline()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_wrong_password_is_refused_once(account: Mail) -> None:
    with CutLine(account.server.tls) as line:
        reading = collector(account.url(port=line.port), "wrong-secret", QUICK)
        with pytest.raises(MicrotuneError, match=r"refused to log user\d+ in .*sources add"):
            list(reading.collect({}))
        assert line.connections == 1  # not again and again: accounts are locked for that
    assert "AUTHENTICATIONFAILED" in refusal(account.url(), "wrong-secret")


def test_starttls_reads_the_same(filled: Mail) -> None:
    by_tls = gather(collector(filled.url()).collect({}))
    by_starttls = gather(collector(filled.url(scheme="imap")).collect({}))
    assert by_starttls.texts == by_tls.texts
    assert len(by_tls.found) == LETTERS


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_an_untrusted_certificate_is_refused_before_anything_is_said(
    account: Mail, scheme: str
) -> None:
    line = refusal(account.url(scheme=scheme).partition("/?")[0])
    assert "is not to be trusted" in line
    assert "cafile=" in line
    assert (
        account.server.log.count(f"user=<{account.user}>, method=PLAIN") == 1
    )  # when the folder was made


def test_a_certificate_of_another_name_is_refused(account: Mail) -> None:
    assert "is not to be trusted" in refusal(account.url().replace("127.0.0.1", "localhost"))


def test_a_file_that_holds_no_certificates_is_refused(account: Mail) -> None:
    conf = account.server.cafile.replace("/ca.pem", "/conf")
    assert "cannot read certificates" in refusal(account.url().replace("/ca.pem", "/conf"))
    assert conf in refusal(account.url().replace("/ca.pem", "/conf"))
    assert "cannot read certificates" in refusal(account.url().replace("/ca.pem", "/gone"))


def test_a_server_without_tls_is_told_nothing() -> None:
    said = (b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done\r\n")
    with answering(*said) as port:
        line = refusal(f"imap://ann@127.0.0.1:{port}")
    assert "no encrypted connection" in line
    assert "STARTTLS" in line


def test_tls_where_there_is_none_is_explained(account: Mail) -> None:
    swapped = account.url(port=account.server.starttls)
    assert "no encrypted connection" in refusal(swapped)


def test_a_server_that_hangs_up_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            client, _ = listening.accept()
            with client:
                client.recv(1 << 16)
                client.shutdown(socket.SHUT_WR)
                while client.recv(1 << 16):
                    pass

        thread = threading.Thread(target=hang_up)
        thread.start()
        port = listening.getsockname()[1]
        with pytest.raises(ImapFailure, match="hung up") as failed:
            list(collector(f"imaps://ann@127.0.0.1:{port}").collect({}))
        thread.join()
    assert not failed.value.lasting


def test_no_server_at_all() -> None:
    with socket.socket() as deaf:  # has the port, and listens not
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        assert f"cannot reach 127.0.0.1 on port {port}" in refusal(f"imaps://ann@127.0.0.1:{port}")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with answering(b"") as port:
        line = refusal(f"imap://ann@127.0.0.1:{port}", timeout_s=0.2)
    assert f"does not answer on port {port}" in line


def test_a_line_cut_within_a_fetch_is_mended_within_the_pass(filled: Mail) -> None:
    with CutLine(filled.server.tls, after=30_000, cuts=1) as line:
        events = list(collector(filled.url(port=line.port), backoff=QUICK).collect({}))
        assert line.connections == 2
    result = gather(events)
    assert len(result.found) == len(result.texts) == LETTERS  # nothing lost, nothing twice
    assert result.skipped == []


def test_a_line_that_stays_cut_keeps_what_was_read(filled: Mail) -> None:
    with CutLine(filled.server.tls, after=30_000, cuts=99) as line:
        url = filled.url(port=line.port)
        first = gather(until_it_fails(collector(url), {}))
        assert 0 < len(first.found) < LETTERS
        line.cuts = 0
        second = gather(collector(url).collect(first.marks))
    assert len(first.found) + len(second.found) == LETTERS
    assert first.texts | second.texts == {
        f"This is letter {number}. " * 39 + f"This is letter {number}." for number in range(LETTERS)
    }


def test_a_line_cut_at_any_point_ends_in_one_line(filled: Mail) -> None:
    """Also within the handshake, the login and the list of folders."""
    for after in (1, 700, 1500, 2500, 3200, 4000, 5000):
        with CutLine(filled.server.tls, after=after, cuts=1) as line:
            assert refusal(filled.url(port=line.port))


def test_a_server_that_falls_silent_within_a_fetch_is_given_up(filled: Mail) -> None:
    with CutLine(filled.server.tls, after=30_000, cuts=1, silent=True) as line:
        url = filled.url(port=line.port)
        events = until_it_fails(collector(url, timeout_s=3), {})
        assert gather(events).marks
        events += list(collector(url).collect(gather(events).marks))
    assert len(gather(events).found) == LETTERS


def test_delays_grow_up_to_a_bound_and_differ() -> None:
    delays = list(Backoff(first_s=1, longest_s=8, attempts=6).delays())
    for delay, upper in zip(delays, (1, 2, 4, 8, 8, 8), strict=True):
        assert upper / 2 <= delay <= upper
    assert delays != list(Backoff(first_s=1, longest_s=8, attempts=6).delays())
    assert list(ONCE.delays()) == []
