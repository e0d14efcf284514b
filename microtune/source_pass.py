"""What one pass has found in one source, committed batch by batch.

A batch is documents or messages, marks and counts, in one transaction: after a kill, a mark stands
only if everything before it does. It knows nothing of reading or of judging texts.
"""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from microtune.errors import MicrotuneError, is_of_the_machine
from microtune.messages import Message, oldest_kept
from microtune.sifting import Kept, Moved, unicode_text
from microtune.store import Store
from microtune.words import Answers, Excluded, Mark, Skip, Source

BATCH_ITEMS = 200
BATCH_CHARACTERS = 4_000_000  # bounds the memory that very long texts take
BATCH_SECONDS = 1.0  # bounds the work that a kill costs

INTERNAL_ERROR = "internal error"
_SKIPPED = "skipped: "  # before a reason, where reasons and counts share one tally

_log = logging.getLogger(__name__)


class ConsentWithdrawn(MicrotuneError):
    """Another command removed the source while it was being read."""


@dataclass(slots=True)
class _Batch:
    kept: list[Kept] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    answers: list[Answers] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)  # places
    marks: list[Mark] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def items(self) -> int:
        found = len(self.kept) + len(self.moved) + len(self.received) + len(self.answers)
        return found + len(self.marks) + self.skipped.total()

    @property
    def due(self) -> bool:
        return self.items > 0 and (
            self.items >= BATCH_ITEMS
            or self.characters >= BATCH_CHARACTERS
            or time.monotonic() - self.began >= BATCH_SECONDS
        )


class SourcePass:
    """Gathers items of `source`. `counts` and `skipped` hold what is committed."""

    def __init__(self, store: Store, source: Source, few: bool = False) -> None:
        """`few`: only a few of its places are read, so their marks are not worth loading all."""
        self.source = source
        self.marks: Mapping[str, str] = (
            store.marks.one_by_one(source.id) if few else store.marks.of(source.id)
        )
        self.counts: Counter[str] = Counter()  # "new", "updated", "masked", "retired", "received"
        self.skipped: Counter[str] = Counter()
        self._store = store
        self._batch = _Batch()
        self._now = datetime.now(UTC)

    def keep(self, kept: Kept) -> None:
        """Store this document with the next commit."""
        self._batch.kept.append(kept)
        self._batch.characters += len(kept.document.text) + len(kept.document.answered)

    def move(self, moved: Moved) -> None:
        """Note the new place of a document with the next commit."""
        self._batch.moved.append(moved)

    def receive(self, message: Message) -> None:
        """Keep this received message with the next commit."""
        self._batch.received.append(message)
        self._batch.characters += len(message.text)

    def answer(self, answers: Answers) -> None:
        """Note with the next commit what a sent message answers, unless nothing so old is kept."""
        if answers.answers and (answers.written or self._now) >= oldest_kept(self._now):
            self._batch.answers.append(answers)

    def skip(self, skip: Skip) -> None:
        """Count what was not taken; what was taken of an excluded place before leaves training."""
        self._batch.skipped[unicode_text(skip.reason)] += 1
        if isinstance(skip, Excluded):
            self._batch.excluded.append(unicode_text(skip.place))

    def mark(self, mark: Mark) -> None:
        """Note that everything so far at the mark's place is complete."""
        if self.marks.get(mark.place) != mark.mark:
            self._batch.marks.append(Mark(unicode_text(mark.place), unicode_text(mark.mark)))

    def commit_if_due(self) -> None:
        """Commit if the batch is large or old enough.

        Raises `ConsentWithdrawn`, or `MicrotuneError` if the store cannot be written.
        """
        if self._batch.due:
            self._commit(last=False)

    def finish(self) -> None:
        """Commit what is left, and write the ledger line of the pass if it changed anything.

        The line counts from the last finished pass, so it includes passes that were killed.
        """
        if self._batch.items or self._store.tallies.is_open(self.source.id):
            self._commit(last=True)

    def _commit(self, last: bool) -> None:
        batch, self._batch = self._batch, _Batch()
        counts: Counter[str] = Counter()
        skipped = batch.skipped
        with self._store.transaction():
            consent = self._consent()
            for kept in batch.kept:
                try:
                    self._put(kept, consent, counts)
                except MicrotuneError:
                    raise
                except Exception as error:  # one bad item must not cost the others
                    if is_of_the_machine(error):
                        raise
                    _log.debug("could not store %s", kept.document.place, exc_info=True)
                    skipped[INTERNAL_ERROR] += 1
            for moved in batch.moved:
                self._store.documents.move(moved.document, moved.place)
            counts["received"] += sum(map(self._receive, batch.received))
            for sent in batch.answers:
                self._store.received.note_answers(sent.answers, sent.written or self._now)
            self._store.marks.put(self.source.id, batch.marks)
            counts["retired"] += self._retire(batch.excluded)
            reasons = {_SKIPPED + reason: n for reason, n in skipped.items()}
            self._store.tallies.add(self.source.id, counts + Counter(reasons))
            if last:
                self._record()
        self.counts += counts
        self.skipped += skipped

    def _put(self, kept: Kept, consent: str, counts: Counter[str]) -> None:
        document = kept.document
        with self._store.transaction():
            if self._store.erasures.is_barred(document.id, document.source, document.place):
                return  # it was forgotten since it was read
            outcome = self._store.documents.put(document, kept.signature, consent, kept.replaces)
        if outcome != "known":  # another process may have been quicker
            counts[outcome] += 1
            counts["masked"] += kept.masked

    def _receive(self, message: Message) -> bool:
        is_barred = self._store.erasures.is_barred(message.id, message.source, message.place)
        return not is_barred and self._store.received.put(message)

    def _retire(self, excluded: list[str]) -> int:
        """Take what was kept of excluded places out of use, and write that into the ledger."""
        retired = 0
        for place in excluded:
            retired += self._store.documents.supersede_at(self.source.id, place)
            self._store.received.erase_at(self.source.id, place)
            self._store.marks.drop(self.source.id, place)
        if retired:
            # Another place may hold the same texts and had them skipped as duplicates.
            self._store.marks.clear()
            facts = {"source": self.source.id, "documents": retired}
            self._store.ledger.append("excluded", facts)
        return retired

    def _consent(self) -> str:
        consent = self._store.sources.consent(self.source.id)
        if consent is None:
            raise ConsentWithdrawn(
                f"{self.source.place} was removed from the sources while it was read",
                "Nothing more of it is kept. Add it again if that was a mistake.",
            )
        return consent

    def _record(self) -> None:
        tally = self._store.tallies.close(self.source.id)
        if not (tally["new"] or tally["updated"] or tally["received"]):
            return
        skipped = {
            key.removeprefix(_SKIPPED): n for key, n in tally.items() if key.startswith(_SKIPPED)
        }
        names = ("received",) if self.source.context else ("new", "updated", "masked")
        counts = {name: tally[name] for name in names}
        self._store.ledger.append(
            "received" if self.source.context else "collected",
            {"source": self.source.id, **counts, "skipped": skipped},
        )
