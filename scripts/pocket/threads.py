"""Which mail a mail of a list answers, known by nothing but their subject.

An archive that lost its headers keeps the subject alone. The message of a thread that is taken as
the question is one without "Re:" that asks something; the others of the thread answer it. That is
loose, but an answer then speaks of what the message speaks of, which is what a model must learn.
"""

import re
from collections.abc import Iterable

from .corpus import Record

_RE = re.compile(r"^((re|fwd?|aw|sv):\s*)+", re.I)
_LONGEST = 4000  # characters of a message worth answering


def split_subject(text: str) -> tuple[str, str]:
    """Subject without its "Re:", and body; the subject is empty when the text has none."""
    first, _, rest = text.partition("\n")
    if not first.startswith("Subject: "):
        return "", text
    return _RE.sub("", first[9:]).strip(), rest.strip()


class Threads:
    """The first question of each thread of the records."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._questions: dict[tuple[str, str], str] = {}
        for record in records:
            subject, body = split_subject(record.text)
            if subject and _asks(record.text, body):
                self._questions.setdefault((record.source, subject.lower()), body)

    def question(self, record: Record) -> str | None:
        """The message that `record` answers, or None."""
        subject, body = split_subject(record.text)
        asked = self._questions.get((record.source, subject.lower()))
        return None if asked == body or _asks(record.text, body) else asked


def _asks(text: str, body: str) -> bool:
    replied = _RE.match(text.removeprefix("Subject: "))
    return not replied and len(body) <= _LONGEST and "?" in body
