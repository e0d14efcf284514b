"""A suggestion of how a text goes on, as it streams in and as the person takes it bit by bit.

Knows nothing of screens or models.
"""

import re
from dataclasses import dataclass
from typing import Literal

Share = Literal["word", "sentence", "all"]
MOST_SENTENCES = 2  # more would be read instead of written
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)")
_FIRST_WORD = re.compile(r"\s*\S+")


def can_go_on(line_after: str, before: str) -> bool:
    """Whether there is a text and its cursor is at the end of a line."""
    return bool(before.strip()) and not line_after.strip()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What was streamed for a text that ends with `before`."""

    before: str
    streamed: str = ""

    @property
    def is_enough(self) -> bool:
        """Whether the stream may end: it came to the end of a paragraph or has said enough."""
        said = self.streamed.lstrip()
        return "\n" in said or len(_ends(said)) >= MOST_SENTENCES

    @property
    def text(self) -> str:
        """As it would be inserted: one paragraph, a blank in front where one is due."""
        said = self.streamed.lstrip().partition("\n")[0].rstrip()
        ends = _ends(said)
        if len(ends) >= MOST_SENTENCES:
            said = said[: ends[MOST_SENTENCES - 1]]
        if not said or not self.before or self.before[-1].isspace():
            return said
        stops = self.before[-1] in ",;:" or _ends(self.before)[-1:] == [len(self.before)]
        return f" {said}" if self.streamed[:1].isspace() or (stops and said[0].isalnum()) else said

    def rest(self, before: str) -> str | None:
        """What is left of it now that the text is `before`; None if that goes another way."""
        if not before.startswith(self.before):
            return None
        typed = before[len(self.before) :]
        return self.text[len(typed) :] if self.text.startswith(typed) else None


def first(share: Share, text: str) -> str:
    """The part of a suggestion that is taken."""
    if share == "word":
        found = _FIRST_WORD.match(text)
        return found[0] if found else text
    if share == "sentence":
        ends = _ends(text)
        return text[: ends[0]] if ends else text
    return text


def _ends(text: str) -> list[int]:
    """Where sentences end."""
    return [match.end() for match in _SENTENCE_END.finditer(text)]
