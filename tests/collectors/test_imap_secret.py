"""Secrets lie in the system's keyring; a keyring that is none is refused in one line."""

import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import InitError, KeyringLocked
from memory_keyring import MemoryKeyring

from microtune.errors import MicrotuneError
from microtune_collectors import imap_secret
from microtune_collectors.imap_account import Account

ACCOUNT = Account.parse("imaps://ann@example.org/?folder=Work")


def test_a_secret_is_kept_under_the_account_and_forgotten(memory_keyring: MemoryKeyring) -> None:
    imap_secret.write(ACCOUNT, "hush")
    assert memory_keyring.kept == {("microtune", "imaps://ann@example.org"): "hush"}
    assert imap_secret.read(ACCOUNT) == "hush"
    imap_secret.forget(ACCOUNT)
    imap_secret.forget(ACCOUNT)
    assert not memory_keyring.kept
    with pytest.raises(MicrotuneError, match="holds no password for imaps:"):
        imap_secret.read(ACCOUNT)


@pytest.mark.parametrize(
    "useless",
    [FailKeyring(), NullKeyring(), MemoryKeyring(trust=0.5)],
    ids=str,
)
def test_no_keyring_and_one_in_a_plain_file_are_refused(
    useless: keyring.backend.KeyringBackend, memory_keyring: MemoryKeyring
) -> None:
    keyring.set_keyring(useless)
    for use in (lambda: imap_secret.read(ACCOUNT), lambda: imap_secret.write(ACCOUNT, "hush")):
        with pytest.raises(MicrotuneError, match=r"no keyring .* never put into a file") as refused:
            use()
        assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("error", "words"), [(KeyringLocked("hush"), "is locked"), (InitError("hush"), "InitError")]
)
def test_a_keyring_that_fails_says_so_in_one_line(
    error: Exception, words: str, memory_keyring: MemoryKeyring
) -> None:
    class Failing(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            raise error

    keyring.set_keyring(Failing())
    with pytest.raises(MicrotuneError, match=words) as refused:
        imap_secret.read(ACCOUNT)
    assert "hush" not in str(refused.value)
