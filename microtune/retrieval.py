"""Finding the person's own passages nearest to a text, by BM25 over SQLite's FTS5 index.

It knows nothing of prompts; which documents may be used is the caller's to say.
"""

import re
from collections.abc import Collection, Generator, Iterator
from contextlib import closing
from itertools import islice

from microtune.connection import Connection
from microtune.errors import MicrotuneError
from microtune.words import INTEREST, Passage

MOST_WORDS = 64  # of a long query; each costs a walk over its postings
_WORD = re.compile(r"\w+")

# Words so frequent that they match nearly every passage and cost time for no rank. English only:
# in other languages BM25 itself gives such words next to no weight.
STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before but by can could did
    do does for from get had has have he her here him his how i if in into is it its just like me
    more my no not of on one or our out over s she should so some t than that the their them then
    there these they this to up us was we were what when where which who will with would you your
    """.split()  # noqa: SIM905
)


class Retrieval:
    """The index over the passages of every live document."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def nearest(
        self,
        query: str,
        limit: int = 3,
        exclude: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> list[Passage]:
        """Up to `limit` own passages, nearest first, at most one of each document.

        `query` is any text. `exclude` and `only` are document ids; give sets where they are
        large. Scores are positive; higher is nearer.
        """
        return self._nearest(query, limit, f"<> '{INTEREST}'", exclude, only)

    def interests(self, query: str, limit: int = 5) -> list[Passage]:
        """Up to `limit` titles of pages that the person read, nearest first: others' words."""
        return self._nearest(query, limit, f"= '{INTEREST}'")

    def passage(self, document: str, position: int) -> Passage | None:
        """One passage by its place; None where its document is no longer live."""
        row = self._connection.row(
            "SELECT text FROM passages WHERE document = ? AND position = ?", (document, position)
        )
        return Passage(document, position, row["text"]) if row else None

    def count(self) -> int:
        """How many passages there are."""
        return self._connection.number("SELECT count(*) FROM passages")

    def holding(self, words: str, limit: int | None = None) -> int:
        """How many passages hold these words in a row, by their stems; counted up to `limit`."""
        phrase = " ".join(_WORD.findall(words))
        return self._connection.number(
            "SELECT count(*) FROM (SELECT 1 FROM passages_fts WHERE passages_fts MATCH ? LIMIT ?)",
            (f'"{phrase}"', -1 if limit is None else limit),
        )

    def with_phrase(self, words: str, limit: int = 5) -> list[Passage]:
        """Up to `limit` own passages that hold these words in a row, by their stems; unranked."""
        sql = f"""
            SELECT document, position, passages.text AS text
            FROM passages_fts JOIN passages ON passages.id = passages_fts.rowid
            WHERE passages_fts MATCH ?
                AND (SELECT kind FROM documents WHERE id = passages.document) <> '{INTEREST}'
            LIMIT ?"""
        phrase = " ".join(_WORD.findall(words))
        rows = self._connection.rows(sql, (f'"{phrase}"', limit))
        return [Passage(row["document"], row["position"], row["text"]) for row in rows]

    def compact(self) -> None:
        """Rewrite the index without what was deleted from it: FTS5 keeps the words of deleted rows
        until it merges its segments."""
        with self._connection.transaction():
            self._connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('optimize')")

    def problems(self) -> list[str]:
        """What is wrong with the index, one sentence each; empty if it matches the passages."""
        with self._connection.transaction():
            try:
                self._connection.execute(
                    "INSERT INTO passages_fts (passages_fts, rank) VALUES ('integrity-check', 1)"
                )
            except MicrotuneError as error:
                return [f"the index of passages does not match them ({error.what})"]
        return []

    def _nearest(
        self,
        query: str,
        limit: int,
        kind: str,
        exclude: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> list[Passage]:
        expression = match_expression(query)
        if not expression or limit <= 0:
            return []
        barred = _as_set(exclude)
        allowed = None if only is None else _as_set(only)
        with closing(self._ranked(expression, kind)) as ranked:
            return list(islice(_first_of_each(ranked, barred, allowed), limit))

    def _ranked(self, expression: str, kind: str) -> Generator[Passage, None, None]:
        """All matches whose kind is right, nearest first. FTS5 sorts them by itself; texts are
        read one by one.
        """
        sql = f"""
            SELECT document, position, passages.text AS text, passages_fts.rank AS rank
            FROM passages_fts JOIN passages ON passages.id = passages_fts.rowid
            WHERE passages_fts MATCH ?
                AND (SELECT kind FROM documents WHERE id = passages.document) {kind}
            ORDER BY passages_fts.rank"""
        for row in self._connection.rows(sql, (expression,)):
            yield Passage(row["document"], row["position"], row["text"], -row["rank"])


def match_expression(query: str) -> str:
    """An FTS5 expression that matches any content word of `query`; "" if there is no word.

    Words are quoted, so nothing in `query` is read as FTS5 syntax. A query of stop words alone
    keeps them all.
    """
    # lower, not casefold: FTS5 keeps "straße" as it is
    words = dict.fromkeys(word.lower() for word in _WORD.findall(query))
    telling = [word for word in words if word not in STOP_WORDS] or list(words)
    return " OR ".join(f'"{word}"' for word in telling[:MOST_WORDS])


def _first_of_each(
    ranked: Iterator[Passage], barred: Collection[str], allowed: Collection[str] | None
) -> Iterator[Passage]:
    seen: set[str] = set()
    for passage in ranked:
        document = passage.document
        if document in seen or document in barred:
            continue
        if allowed is None or document in allowed:
            seen.add(document)
            yield passage


def _as_set(ids: Collection[str]) -> Collection[str]:
    return ids if isinstance(ids, (set, frozenset, dict)) else frozenset(ids)
