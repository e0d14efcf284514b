"""What the tests of the collectors share: one dovecot for all of them, and a keyring in memory."""

from collections.abc import Iterator

import dovecot
import keyring
import pytest
from memory_keyring import MemoryKeyring


@pytest.fixture(scope="session")
def server() -> Iterator[dovecot.Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def account(server: dovecot.Dovecot) -> dovecot.Mail:
    """A user of the server's with an empty folder of sent mail."""
    return server.mail()


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The system's keyring, while the test lasts."""
    before = keyring.get_keyring()
    kept = MemoryKeyring()
    keyring.set_keyring(kept)
    yield kept
    keyring.set_keyring(before)
