"""Waiting for new mail: by IDLE and without, through outages, and woken at any time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dovecot
import pytest
from collector_contract import gather
from cut_line import CutLine
from dovecot import PASSWORD, Mail
from letters import ME, mail

from microtune.contracts import Change
from microtune_collectors import imap_watch
from microtune_collectors.imap import ImapCollector, open_imap
from microtune_collectors.imap_backoff import Backoff
from microtune_collectors.imap_watch import ImapWatch

LONG = 3600.0  # seconds that no test waits: a wait that nothing ends fails by the suite's limit
QUICK = Backoff(first_s=0.05, longest_s=0.2)
SELDOM = Backoff(first_s=0.01, longest_s=LONG)
NO_IDLE = "imap_capability = IMAP4rev1 UNSELECT UIDPLUS LIST-EXTENDED SPECIAL-USE"


@contextmanager
def watching(
    url: str, password: str = PASSWORD, poll_s: float = LONG, backoff: Backoff = QUICK
) -> Iterator[ImapWatch]:
    """A watch that, if it could log in, has said once that all is new."""
    watch = ImapWatch(open_imap(url, (ME,)), lambda account: password, 60, backoff, poll_s)
    try:
        if password == PASSWORD:
            assert watch.wait(LONG) == (Change(watch.source.id, ""),)
        yield watch
    finally:
        watch.close()


def meanwhile(seconds: float, do: Callable[[], object]) -> threading.Timer:
    """Do something while the test waits."""
    timer = threading.Timer(seconds, do)
    timer.start()
    return timer


def await_trouble(watch: ImapWatch) -> str:
    """Wait, with no change meanwhile, until the watch has met trouble; what that is."""
    while watch.problem is None:
        assert watch.wait(0.1) == ()
    return str(watch.problem)


def letter(name: str) -> bytes:
    return mail(name, f"This is the letter {name}.").as_bytes()


def test_nothing_new_is_no_change(account: Mail) -> None:
    account.deliver(letter("old"))
    with watching(account.url()) as watch:
        assert watch.wait(0.3) == ()
        assert watch.problem is None


def test_new_mail_is_told_at_once(account: Mail) -> None:
    collector = ImapCollector(open_imap(account.url(), (ME,)), lambda account: PASSWORD)
    marks = gather(collector.collect({})).marks
    with watching(account.url()) as watch:
        for name in ("one", "two"):
            timer = meanwhile(0.2, lambda name=name: account.deliver(letter(name)))
            assert watch.wait(LONG) == (Change(watch.source.id, ""),)
            timer.join()
            result = gather(collector.collect(marks), marks)
            assert result.texts == {f"This is the letter {name}."}
            marks = result.marks
        assert watch.wait(0.1) == ()


def test_mail_that_comes_between_two_waits_is_told(account: Mail) -> None:
    with watching(account.url()) as watch:
        assert watch.wait(0.05) == ()
        account.deliver(letter("one"))
        assert watch.wait(LONG)
        assert watch.wait(0.05) == ()


def test_a_folder_that_is_numbered_anew_is_a_change(account: Mail) -> None:
    with watching(account.url()) as watch:
        account.renew()
        assert watch.wait(LONG)


def test_further_folders_are_asked_about_now_and_then(account: Mail) -> None:
    account.folder("Work")
    with watching(account.url("&folder=Work"), poll_s=0.2) as watch:
        timer = meanwhile(0.1, lambda: account.deliver(letter("one"), "Work"))
        assert watch.wait(LONG)
        timer.join()


def test_idle_is_issued_anew_before_the_server_tires(
    account: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert imap_watch.RENEW_S < 29 * 60
    monkeypatch.setattr(imap_watch, "RENEW_S", 0.1)
    with watching(account.url()) as watch:
        assert watch.wait(0.5) == ()
        account.deliver(letter("one"))
        assert watch.wait(LONG)


def test_a_server_without_idle_is_asked() -> None:
    with dovecot.running(NO_IDLE) as server:
        account = server.mail()
        with watching(account.url(), poll_s=0.1) as watch:
            timer = meanwhile(0.3, lambda: account.deliver(letter("one")))
            assert watch.wait(LONG)
            timer.join()
            assert watch.wait(0.1) == ()
            assert watch.problem is None


def test_an_outage_is_no_change_and_is_mended(account: Mail) -> None:
    with CutLine(account.server.tls) as line, watching(account.url(port=line.port)) as watch:
        line.refuse = True
        meanwhile(0.1, line.break_all).join()
        assert "127.0.0.1" in await_trouble(watch)
        assert watch.wait(0.5) == ()
        account.deliver(letter("during-the-outage"))
        line.refuse = False
        assert watch.wait(LONG)
        assert watch.problem is None


def test_a_refused_login_is_not_repeated_soon(account: Mail) -> None:
    with (
        CutLine(account.server.tls) as line,
        watching(account.url(port=line.port), "wrong-secret", backoff=SELDOM) as watch,
    ):
        assert "refused to log" in await_trouble(watch)
        assert watch.wait(0.5) == ()
        assert line.connections == 1
        assert "wrong-secret" not in str(watch.problem)


def test_wake_ends_a_wait_now_or_the_next_one(account: Mail) -> None:
    with watching(account.url()) as watch:
        timer = meanwhile(0.2, watch.wake)
        assert watch.wait(LONG) == ()
        timer.join()
        watch.wake()
        watch.wake()
        assert watch.wait(LONG) == ()
        assert watch.wait(0.05) == ()


def test_close_ends_a_wait_of_another_thread_and_may_be_repeated(account: Mail) -> None:
    with watching(account.url()) as watch:
        timer = meanwhile(0.2, watch.close)
        assert watch.wait(LONG) == ()
        timer.join()
        watch.close()
        watch.wake()
        assert watch.wait(LONG) == ()
