"""What a failure says to the person, in one line, and the exit code that it leaves.

Knows errors and nothing of the commands they come from.
"""

import errno
import traceback

import click

from microtune.errors import Interrupted, MicrotuneError
from microtune.locations import Home

DONE, COULD_NOT, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 75
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_TOO_MANY = {errno.EMFILE, errno.ENFILE}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def report(error: BaseException, home: Home) -> int:
    """Say on standard error what went wrong; returns the exit code."""
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "microtune"
        _complain(f"{error.format_message()} See `{command} --help`.")
        return WRONG_USAGE
    explained = _explained(error) or unexpected(error, home)
    _complain(str(explained))
    return explained.exit_code


def _complain(line: str) -> None:
    click.echo(f"microtune: {' '.join(line.split())}", err=True)


def _explained(error: BaseException) -> MicrotuneError | None:
    """The person's view of an error that can happen without a bug of ours; None for others."""
    if isinstance(error, MicrotuneError):
        return error
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Interrupted("interrupted", "Run the same command again to go on.")
    if isinstance(error, click.ClickException):
        return MicrotuneError(error.format_message(), "")
    if isinstance(error, MemoryError):
        return MicrotuneError("there is not enough memory", "Close other programs, then try again.")
    return _of_the_disk(error) if isinstance(error, OSError) else None


def _of_the_disk(error: OSError) -> MicrotuneError | None:
    where = error.filename or "a file"
    if error.errno in _FULL:
        return MicrotuneError(
            f"the disk is full: cannot write {where} ({error.strerror})",
            "Free some space and run the command again; nothing that was stored is lost.",
        )
    if error.errno in _CLOSED:
        return MicrotuneError(
            f"cannot open {where} ({error.strerror})",
            "Give yourself access to it, or choose another --home DIR.",
        )
    if error.errno in _TOO_MANY:
        return MicrotuneError(
            f"no more files can be opened, {where} neither ({error.strerror})",
            "Close other programs or raise the limit (`ulimit -n`), then run the command again; "
            "nothing that was stored is lost.",
        )
    if error.errno == errno.EIO:
        return MicrotuneError(
            f"the disk failed at {where} ({error.strerror})",
            "Check that the disk is connected and sound, then run the command again.",
        )
    return None


def unexpected(error: BaseException, home: Home) -> MicrotuneError:
    """A bug, told in one line; the details go into a file for the report."""
    note = f"something unexpected happened ({type(error).__name__}: {error})"
    path = home.path / "error.log"
    try:
        home.create()
        path.write_text("".join(traceback.format_exception(error)), "utf-8", "backslashreplace")
    except (OSError, MicrotuneError):
        return MicrotuneError(note, "Please report it.")
    return MicrotuneError(note, f"Please report it with the details in {path}.")
