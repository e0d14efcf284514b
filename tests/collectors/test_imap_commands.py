"""An IMAP account at the command line: added, collected, removed; its password is nowhere."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from dovecot import PASSWORD, SENT, Mail
from keyring.backends.fail import Keyring as FailKeyring
from memory_keyring import MemoryKeyring

from tests.cli.running import PATIENCE_S, PROGRAM, Ran, assert_whole, facts, run
from tests.collectors.letters import ME, mail
from tests.microtune.invented import letter

ADD = ("sources", "add", "--me", ME, "--password-stdin")


@pytest.fixture
def filled(account: Mail) -> Mail:
    for number in range(3):
        account.deliver(mail(f"{number}", letter(number)).as_bytes())
    return account


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A file that is the standard input of the commands; it holds the password."""
    path = tmp_path / "given"
    path.write_text(f"{PASSWORD}\n")
    with path.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield path


def assert_nowhere(secret: str, folder: Path, *said: Ran) -> None:
    """No file below a folder holds the secret, and no command said it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "microtune.db" for path in files)
    assert [path for path in files if secret.encode() in path.read_bytes()] == []
    assert [ran for ran in said if secret in ran.out + ran.err] == []


def test_an_account_is_added_collected_and_removed(
    filled: Mail, given: Path, memory_keyring: MemoryKeyring, own_home: Path
) -> None:
    url = filled.url()
    said = [run(*ADD, url)]
    assert said[0].code == 0
    assert f"Folders: {SENT}." in said[0].out
    assert list(memory_keyring.kept.values()) == [PASSWORD]
    said += [run("collect"), run("collect", "--json"), run("sources", "list")]
    said += [run("doctor", "--json")]
    assert said[1].out.startswith("3 new")
    assert said[2].facts["new"] == 0
    assert not any("imap" in problem["what"] for problem in said[4].facts["problems"])
    given.unlink()
    assert_nowhere(PASSWORD, own_home, *said)
    assert_whole(own_home)

    assert facts("sources", "remove", url)["removed"] is True
    assert not memory_keyring.kept
    assert facts("status")["documents"] == 0


def test_the_password_stays_while_another_source_needs_it(
    filled: Mail, given: Path, memory_keyring: MemoryKeyring
) -> None:
    first = run(*ADD, filled.url(), "--json").facts
    sys.stdin.seek(0)
    second = run(*ADD, filled.url("&folder=INBOX"), "--json").facts
    assert second["folders"] == [SENT, "INBOX"]
    facts("sources", "remove", first["id"])
    assert memory_keyring.kept
    facts("sources", "remove", second["id"])
    assert not memory_keyring.kept


def test_a_wrong_password_adds_nothing(
    filled: Mail, given: Path, memory_keyring: MemoryKeyring, own_home: Path
) -> None:
    given.write_text("wrong-secret\n")
    refused = run(*ADD, filled.url())
    assert "refused to log" in refused.reason
    assert not memory_keyring.kept
    assert facts("sources", "list")["sources"] == []
    given.unlink()
    assert_nowhere("wrong-secret", own_home, refused)


def test_a_password_in_the_url_is_refused_and_not_repeated(
    own_home: Path, memory_keyring: MemoryKeyring
) -> None:
    refused = run("sources", "add", "imaps://ann:hushhush@imap.example.org")
    assert "--password-stdin" in refused.reason
    assert "hushhush" not in refused.out + refused.err


@pytest.mark.parametrize("text", ["", "\n", "two\x00parts\n"])
def test_no_password_is_refused(
    text: str, filled: Mail, given: Path, memory_keyring: MemoryKeyring
) -> None:
    given.write_text(text)
    assert "in one line" in run(*ADD, filled.url()).reason


def test_without_a_terminal_the_option_is_named(
    filled: Mail, given: Path, memory_keyring: MemoryKeyring
) -> None:
    assert "--password-stdin" in run("sources", "add", "--me", ME, filled.url()).reason


def test_without_a_keyring_no_password_is_asked_for(
    filled: Mail, given: Path, memory_keyring: MemoryKeyring, own_home: Path
) -> None:
    run(*ADD, filled.url())
    keyring.set_keyring(FailKeyring())
    sys.stdin.seek(0)
    assert "no keyring" in run(*ADD, filled.url("&folder=INBOX")).reason
    assert sys.stdin.read() == f"{PASSWORD}\n"
    assert "no keyring" in run("collect").reason
    assert any("no keyring" in one["what"] for one in run("doctor", "--json").facts["problems"])
    removed = run("sources", "remove", filled.url())
    assert removed.code == 0
    assert "may still be kept" in removed.err


def test_the_terminal_asks_without_showing(filled: Mail, own_home: Path) -> None:
    """A pseudo-terminal: what is typed is not echoed."""
    before = "import sys; sys.path.insert(0, sys.argv.pop(1)); import keyring, memory_keyring\n"
    before += "keyring.set_keyring(memory_keyring.MemoryKeyring())\n"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", f"{before}{PROGRAM}", str(Path(__file__).parent)]
    process = subprocess.Popen(
        [*command, "sources", "add", filled.url(), "--me", ME],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = _read_until(ours, b": ")
    assert f"Password of {filled.user} at 127.0.0.1" in shown.decode()
    os.write(ours, f"{PASSWORD}\n".encode())
    shown += _read_until(ours, b"microtune collect")
    assert process.wait(PATIENCE_S) == 0
    os.close(ours)
    assert b"Folders: " in shown
    assert PASSWORD.encode() not in shown
    assert_nowhere(PASSWORD, own_home)


def _read_until(terminal: int, words: bytes) -> bytes:
    shown = b""
    while words not in shown:
        try:
            shown += os.read(terminal, 1024)
        except OSError:  # the other end is closed
            break
    assert words in shown, shown
    return shown
