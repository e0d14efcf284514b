"""Errors that reach a person: what went wrong, where, and what to do next.

Every error that a user can cause or mend is a `MicrotuneError`; the command line prints it as
one line and exits with its `exit_code`. Anything else that escapes is a bug.
"""

import errno
from collections.abc import Sequence


class MicrotuneError(Exception):
    """Something could not be done. `str()` gives one line: what, then the remedy."""

    exit_code = 1

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = " ".join(what.split())
        self.remedy = " ".join(remedy.split())

    def __str__(self) -> str:
        return f"{self.what.rstrip('.')}. {self.remedy}" if self.remedy else self.what

    @property
    def of_the_disk(self) -> bool:
        """Whether a file that is there could not be read or written: it may be whole."""
        cause = self.__context__
        return isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError)


def is_of_the_machine(error: BaseException) -> bool:
    """Whether `error` says nothing about what was being read: a file could not be opened, or a
    library not be loaded, because of the disk, of too many open files, or of an upgrade under way
    that has taken the earlier one away. It may pass."""
    return isinstance(error, ImportError) or (
        isinstance(error, OSError) and error.errno is not None
    )


def may_be_whole(error: BaseException) -> bool:
    """Whether what could not be read is there all the same, for all that `error` says."""
    return is_of_the_machine(error) and not isinstance(error, FileNotFoundError)


def first_aid(error: BaseException | None) -> str:
    """What a person does first where a file could not be written: the beginning of a remedy.

    A library may put an error of its own over the system's; `error` is the uppermost.
    """
    while error is not None and not isinstance(error, OSError):
        error = error.__context__
    match error.errno if error else None:
        case errno.EMFILE | errno.ENFILE:
            return "Close other programs"
        case errno.EIO | errno.ENODEV | errno.ENXIO:
            return "Check that disk"
    return "Make room on that disk"


class Several(MicrotuneError):
    """More than one problem, gathered before speaking."""

    def __init__(self, problems: Sequence[MicrotuneError]) -> None:
        super().__init__("; ".join(str(p) for p in problems), "")
        self.problems = tuple(problems)


class Interrupted(MicrotuneError):
    """Stopped on request with everything needed to resume kept (EX_TEMPFAIL)."""

    exit_code = 75
