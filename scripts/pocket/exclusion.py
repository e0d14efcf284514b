"""Decides which records may be trained on: those without writing that must stay unseen."""

from collections import Counter

from .corpus import Record
from .overlap import FEWEST, Writings


class Keep:
    """Called with a record, says whether it may be trained on; each text is looked at once."""

    def __init__(self, writings: Writings | None) -> None:
        self._writings = writings
        self._decided: dict[int, bool] = {}
        self._left_out: Counter[str] = Counter()

    def __call__(self, record: Record) -> bool:
        if self._writings is None:
            return True
        key = hash(record.text)
        if key not in self._decided:
            self._decided[key] = self._writings.shared(record.text) < FEWEST
            self._left_out[record.source] += not self._decided[key]
        return self._decided[key]

    def left_out(self) -> dict[str, int]:
        """Source → how many records of it were refused."""
        return {source: count for source, count in self._left_out.items() if count}
