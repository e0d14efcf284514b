"""A text as words, each with the white space after it; nothing of the text is lost."""

import re
from typing import NamedTuple

_WORD = re.compile(r"(\S+)(\s*)|(\s+)")  # the last is white space at the very beginning


class Word(NamedTuple):
    """`space` follows it. A text that begins with white space begins with an empty word."""

    text: str
    space: str

    @property
    def whole(self) -> str:
        return self.text + self.space

    @property
    def ends_paragraph(self) -> bool:
        return self.space.count("\n") > 1

    @property
    def key(self) -> tuple[str, int]:
        """Equal for words that read the same. Where lines are broken makes no difference; a
        paragraph's end does, and so does the end of the text, lest two words grow together."""
        return self.text, 2 if self.ends_paragraph else 1 if self.space else 0


def words_of(text: str) -> list[Word]:
    return [Word(m[1] or "", m[2] or m[3] or "") for m in _WORD.finditer(text)]
