"""The words of texts: where they stand, and their stems as the index of passages has them.

The stems come from SQLite's own tokenizer, so a word matches here exactly where it matches there.
Knows nothing of documents or of which words tell anything.
"""

import re
import sqlite3
from collections.abc import Iterable, Set
from dataclasses import dataclass
from types import TracebackType

TOKENIZER = "porter unicode61 remove_diacritics 2"  # of `passages_fts`, in microtune.schema

_WORD = re.compile(r"[^\W_]+")  # in lower case, not casefolded: FTS5 keeps "straße" as it is


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text. `start` and `end` count characters: `text[start:end]` is the word."""

    stem: str
    start: int
    end: int


class Stemmer:
    """Stems words, each once. Use it as a context manager, in one thread; it takes 1 ms to open."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._memory = sqlite3.connect(":memory:", isolation_level=None)
        self._memory.execute(f"CREATE VIRTUAL TABLE words USING fts5(word, tokenize='{TOKENIZER}')")
        self._memory.execute("CREATE VIRTUAL TABLE tokens USING fts5vocab(words, 'instance')")

    def read(self, texts: Iterable[str]) -> None:
        """Learn the words of many texts at once, which is quicker than with each by itself."""
        self._learn({word.lower() for text in texts for word in _WORD.findall(text)})

    def terms(self, text: str) -> tuple[Term, ...]:
        """The words of a text, in order."""
        found = [(match.group().lower(), *match.span()) for match in _WORD.finditer(text)]
        self._learn({word for word, _, _ in found})
        return tuple(Term(self._known[word], start, end) for word, start, end in found)

    def stem(self, word: str) -> str:
        """The stem of one word; what is no word is its own stem."""
        plain = word.lower()
        self._learn({plain})
        return self._known[plain]

    def _learn(self, words: Set[str]) -> None:
        new = [word for word in words if word not in self._known]
        if not new:
            return
        found = dict.fromkeys(new, "")
        self._memory.execute("BEGIN")
        self._memory.executemany("INSERT INTO words (rowid, word) VALUES (?, ?)", enumerate(new))
        tokens = self._memory.execute("SELECT doc, term FROM tokens ORDER BY doc, offset")
        for number, token in tokens:
            found[new[number]] += token
        self._memory.execute("ROLLBACK")
        self._known.update((word, stem or word) for word, stem in found.items())

    def __enter__(self) -> "Stemmer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._memory.close()
