"""The secrets of network accounts as commands handle them: asked for, tried out, kept, forgotten.

Knows nothing of the store. A secret goes from the person to the server and the system's keyring.
"""

import getpass
import sys
from collections.abc import Callable, Iterable

from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors import imap_secret
from microtune_collectors.imap import try_out
from microtune_collectors.imap_account import Account

KIND = "imap"


def sign_in(source: Source, from_stdin: bool) -> tuple[str, ...]:
    """Ask for the account's secret, log in with it once, and keep it; the folders that are read.

    Raises `MicrotuneError` if any of that fails; nothing is kept then.
    """
    account = Account.parse(source.place)
    imap_secret.require_keyring()
    return keep(source, sys.stdin.readline() if from_stdin else _asked(account))


def keep(source: Source, given: str) -> tuple[str, ...]:
    """The same with the secret that the person gave."""
    account, secret = Account.parse(source.place), given.rstrip("\r\n")
    imap_secret.require_keyring()
    if not secret or not secret.isprintable():
        raise MicrotuneError(
            f"no password was given for {account.url}" if not secret else "that is no password",
            "Enter it in one line.",
        )
    folders = try_out(source, secret)
    imap_secret.write(account, secret)
    return folders


def sign_out(source: Source, others: Iterable[Source], notice: Callable[[str], None]) -> None:
    """Take an account's secret out of the keyring, unless another source needs it.

    `notice` gets a line where that failed. Harmless for a source that is no account.
    """
    if source.kind != KIND:
        return
    account = Account.parse(source.place)
    in_use = (Account.parse(other.place).url for other in others if other.kind == KIND)
    if account.url in in_use:
        return
    try:
        imap_secret.forget(account)
    except MicrotuneError as error:
        notice(f"the password of {source.place} may still be kept: {error}")


def require_secret(source: Source) -> None:
    """Raises `MicrotuneError` if the keyring does not hold the account's secret. No network."""
    imap_secret.read(Account.parse(source.place))


def _asked(account: Account) -> str:
    if not sys.stdin.isatty():
        raise MicrotuneError(
            "there is no terminal to ask for the password",
            "Give it on standard input with --password-stdin.",
        )
    what = "Access token" if account.oauth else "Password"
    return getpass.getpass(f"{what} of {account.user} at {account.host}: ")
