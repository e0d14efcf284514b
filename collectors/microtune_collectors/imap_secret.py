"""The password or access token of an IMAP account, in the system's keyring and nowhere else.

Knows nothing of how it is used. No error here repeats it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from microtune.errors import MicrotuneError
from microtune_collectors.imap_account import Account

SERVICE = "microtune"
ReadSecret = Callable[[Account], str]
TRUSTED = 1  # keyring's own bound: back ends of lower priority keep passwords in plain files


def read(account: Account) -> str:
    """The account's secret. Raises `MicrotuneError` if there is none or no keyring to hold it."""
    import keyring

    with _keyring():
        secret = keyring.get_password(SERVICE, account.url)
    if not secret:
        raise MicrotuneError(
            f"the keyring holds no password for {account.url}",
            f"Run `microtune sources add '{account.place}'` again to enter it.",
        )
    return secret


def write(account: Account, secret: str) -> None:
    """Keep the account's secret. Raises `MicrotuneError` if no keyring keeps it."""
    import keyring

    with _keyring():
        keyring.set_password(SERVICE, account.url, secret)
        kept = keyring.get_password(SERVICE, account.url)
    if kept != secret:  # keyring's null back end takes everything and keeps nothing
        raise _no_keyring("the keyring did not keep the password")


def forget(account: Account) -> None:
    """Take the account's secret out of the keyring. Harmless if there is none."""
    import keyring
    from keyring.errors import PasswordDeleteError

    with _keyring():
        try:
            keyring.delete_password(SERVICE, account.url)
        except PasswordDeleteError:
            return


def require_keyring() -> None:
    """Raises `MicrotuneError` if this machine has no keyring that is fit to hold passwords."""
    import keyring

    if keyring.get_keyring().priority < TRUSTED:
        raise _no_keyring("this machine offers no keyring to hold passwords")


@contextmanager
def _keyring() -> Iterator[None]:
    """Says in one line what is wrong with the keyring."""
    from keyring.errors import KeyringError, KeyringLocked

    require_keyring()
    try:
        yield
    except KeyringLocked as error:
        raise MicrotuneError("the keyring is locked", "Unlock it, then try again.") from error
    except KeyringError as error:
        raise _no_keyring(f"the keyring failed ({type(error).__name__})") from error


def _no_keyring(what: str) -> MicrotuneError:
    return MicrotuneError(
        what,
        "Run microtune within your desktop session, or start a keyring first (on a server: "
        "`dbus-run-session`, then `gnome-keyring-daemon --unlock`). Passwords are never put into "
        "a file.",
    )
