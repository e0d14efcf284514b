"""Accounts beside the folders of this machine in one watch."""

import threading
from pathlib import Path

import pytest
from cut_line import CutLine
from dovecot import PASSWORD, Mail
from letters import ME, mail
from memory_keyring import MemoryKeyring

from microtune.contracts import Change, Watch
from microtune.words import Source
from microtune_collectors import imap_secret
from microtune_collectors.imap import open_imap
from microtune_collectors.imap_account import Account
from microtune_collectors.imap_watches import with_accounts
from microtune_collectors.watching import watch

LONG = 3600.0  # seconds that no test waits: a wait that nothing ends fails by the suite's limit


@pytest.fixture
def signed_in(account: Mail, memory_keyring: MemoryKeyring) -> Mail:
    imap_secret.write(Account.parse(account.url()), PASSWORD)
    return account


def joined(*sources: Source) -> Watch:
    return with_accounts(watch(sources), sources)


def test_without_an_account_nothing_is_added(tmp_path: Path) -> None:
    source = Source("folder", str(tmp_path))
    local = watch([source])
    assert with_accounts(local, [source]) is local
    local.close()


def test_both_are_told(signed_in: Mail, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    folder = Source("folder", str(tmp_path / "texts"))
    account = open_imap(signed_in.url(), (ME,))
    both = joined(folder, account)
    try:
        assert both.wait(LONG) == (Change(account.id, ""),)  # nothing was known of it before
        (tmp_path / "texts" / "note.md").write_text("Words.")
        assert _next(both) == (Change(folder.id, "note.md"),)
        signed_in.deliver(mail("one", "Words.").as_bytes())
        assert _next(both) == (Change(account.id, ""),)
        timer = threading.Timer(0.1, both.wake)
        timer.start()
        assert both.wait(LONG) == ()
        timer.join()
    finally:
        both.close()


def test_an_account_that_cannot_be_watched_is_in_the_log(
    signed_in: Mail, caplog: pytest.LogCaptureFixture
) -> None:
    with CutLine(signed_in.server.tls) as line:
        line.refuse = True
        account = open_imap(signed_in.url(port=line.port), (ME,))
        imap_secret.write(Account.parse(account.place), PASSWORD)
        both = joined(account)
        while not any("is not watched" in text for text in caplog.messages):
            assert both.wait(0.1) == ()
        both.close()
    assert not any(PASSWORD in text for text in caplog.messages)


def _next(both: Watch) -> tuple[Change, ...]:
    """The next change; a wait may also end without one."""
    while not (changes := both.wait(LONG)):
        pass
    return changes
