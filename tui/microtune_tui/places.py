"""Places of sources as people type them, told from how they were written down."""

from collections.abc import Iterable
from pathlib import Path

from microtune.words import Source
from microtune_collectors.imap_account import Account, is_imap


def as_added(given: str, sources: Iterable[Source]) -> str:
    """The place as it was written down, if `given` is a path to one or a URL; else `given`."""
    if is_imap(given):
        return Account.parse(given).place
    path = str(Path(given).expanduser().absolute())
    return path if path in {source.place for source in sources} else given
