"""How a text of the person's own is cited: where it lies, when it was written, to whom.

Knows nothing of why it is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from microtune.words import Source

MOST_RECIPIENTS = 3  # named; the rest is counted
WIDTH = 300  # characters of a quotation on a terminal


class Citations:
    """Cites texts by the sources that are known."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._places = {source.id: source.place for source in sources}

    def where(self, source: str, place: str) -> str:
        """The file or message: the source's place and the place in it."""
        outer = self._places.get(source, "")
        between = "" if not outer or not place or place.startswith("#") else "/"
        return f"{outer}{between}{place}"


def about(written: datetime | None, recipients: Sequence[str], subject: str) -> str:
    """ "12 March 2001, to tom@example.org, "Lease" "; what is not known is left out."""
    day = f"{written.astimezone():%d %B %Y}".lstrip("0") if written else "undated"
    return ", ".join([day, *_to(recipients), *([f"“{subject}”"] if subject else [])])


def quotation(text: str, width: int = WIDTH) -> str:
    """A text on one line in quotation marks, cut where it is long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= width else line[: width - 1].rstrip() + '…'}”"


def _to(recipients: Sequence[str]) -> list[str]:
    if not recipients:
        return []
    more = len(recipients) - MOST_RECIPIENTS
    named = ", ".join(recipients[:MOST_RECIPIENTS])
    return [f"to {named}{f' and {more} more' if more > 0 else ''}"]
