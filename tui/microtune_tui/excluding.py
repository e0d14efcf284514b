"""Changing the patterns that exclude paths in every source. Knows no screen and no command."""

from collections.abc import Iterable

from microtune import exclusions
from microtune.errors import MicrotuneError
from microtune.store import Store


def with_patterns(before: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """These too. Raises `MicrotuneError` for what is no pattern."""
    from microtune_collectors.ignore import is_pattern

    given = tuple(patterns)
    wrong = [pattern for pattern in given if not is_pattern(pattern)]
    if wrong:
        raise MicrotuneError(
            f"{wrong[0]!r} is no pattern", "Write it as in a .gitignore, such as 'private/'."
        )
    return tuple(dict.fromkeys([*before, *given]))


def keep(store: Store, after: tuple[str, ...]) -> None:
    """Go by these from now on, and write that into the ledger."""
    exclusions.write(store.home, after)
    store.ledger.append("exclusions changed", {"patterns": len(after)})
