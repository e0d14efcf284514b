"""The patterns that exclude paths in every source: a file in the home, one pattern a line.

The syntax is that of gitignore(5); a collector applies them. Knows nothing of what they match.
"""

from collections.abc import Sequence

from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune.locations import Home


def read(home: Home) -> tuple[str, ...]:
    """The patterns, in order. Raises `MicrotuneError` if there are some that cannot be read.

    So nothing is collected while it is unknown what is excluded.
    """
    try:
        text = home.exclusions.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise MicrotuneError(
            f"cannot read the exclusions in {home.exclusions} ({error.strerror})",
            "Close other programs, check the disk and who may read the file, then try again.",
        ) from error
    except UnicodeError as error:
        raise MicrotuneError(
            f"cannot read the exclusions in {home.exclusions} ({error})",
            "Mend the file, or delete it and add them again: microtune sources exclude PATTERN",
        ) from error
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def write(home: Home, patterns: Sequence[str]) -> None:
    """Put these in the place of all patterns. Raises `MicrotuneError` if that cannot be done."""
    try:
        replace_file(home.create().exclusions, "".join(f"{pattern}\n" for pattern in patterns))
    except OSError as error:
        raise MicrotuneError(
            f"cannot write {home.exclusions} ({error.strerror})",
            "Free some space or give yourself write access, then try again.",
        ) from error
