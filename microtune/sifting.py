"""From a found text to a document that is worth keeping, or why it is not.

Puts together curation, what the store already has, and near duplicates. It writes nothing.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b

from microtune.curation import reasons
from microtune.curation.curator import Curator
from microtune.curation.duplicates import NearDuplicates
from microtune.documents import Documents
from microtune.words import Document, Found, Own, Skip

REMEMBERED = 20_000  # texts of a pass whose repetition is known at once


@dataclass(frozen=True, slots=True)
class Kept:
    """A document to store, its near-duplicate signature, and how many secrets were masked."""

    document: Document
    signature: bytes
    masked: int


class Sifter:
    """Sifts the texts of one pass. It remembers what it let through, stored yet or not."""

    def __init__(self, documents: Documents, curator: Curator) -> None:
        self._documents = documents
        self._curator = curator
        self._places: dict[str, tuple[str, str]] = {}  # id → (source, place), of this pass
        self._replaced: set[str] = set()
        self._index: NearDuplicates | None = None
        self._repeated: dict[bytes, tuple[str, str]] = {}  # raw text → place, reason for another

    def sift(self, source_id: str, found: Found) -> Kept | Skip | None:
        """What to keep of `found`, or why nothing; None where the store has just this already.

        Mail often lies in several mailboxes: of a text that was sifted before in this pass only
        a hash is looked up.
        """
        raw = blake2b(f"{found.kind}\0{found.subject}\0{found.text}".encode()).digest()
        place, reason = self._repeated.get(raw, ("", ""))
        if reason and place != found.place:
            return Skip(found.place, reason)
        outcome = self._sift_new(source_id, found)
        if len(self._repeated) >= REMEMBERED:
            self._repeated.clear()
        reason = outcome.reason if isinstance(outcome, Skip) else reasons.EXACT_DUPLICATE
        self._repeated[raw] = (found.place, reason)
        return outcome

    def _sift_new(self, source_id: str, found: Found) -> Kept | Skip | None:
        own = self._curator.admit(found)
        if isinstance(own, Skip):
            return own
        document = _document(source_id, found, own)
        place = (source_id, found.place)
        replaced = self._documents.at(*place)
        if document.id == replaced or self._places.get(document.id) == place:
            return None
        if document.id in self._places or self._documents.is_live(document.id):
            return Skip(found.place, reasons.EXACT_DUPLICATE)
        return self._unless_near(document, own.masked, replaced)

    def _unless_near(self, document: Document, masked: int, replaced: str | None) -> Kept | Skip:
        index = self._loaded_index()
        signature = index.signature(document.text)
        gone = self._replaced | {replaced} if replaced else self._replaced
        if index.find(signature, ignore=gone) is not None:
            return Skip(document.place, reasons.NEAR_DUPLICATE)
        self._replaced = gone
        self._places[document.id] = (document.source, document.place)
        index.add(document.id, signature)
        return Kept(document, signature, masked)

    def _loaded_index(self) -> NearDuplicates:
        """Built when the first new text arrives: a pass without one never pays for it."""
        if self._index is None:
            self._index = NearDuplicates()
            for document_id, signature in self._documents.signatures():
                self._index.add(document_id, signature)
        return self._index


def storable(found: Found) -> Found:
    """`found` with nothing in it that UTF-8 cannot express (a file name in latin-1, say)."""
    return replace(
        found,
        place=unicode_text(found.place),
        text=unicode_text(found.text),
        author=unicode_text(found.author),
        recipients=tuple(map(unicode_text, found.recipients)),
        subject=unicode_text(found.subject),
        labels=tuple(map(unicode_text, found.labels)),
    )


def unicode_text(text: str) -> str:
    """`text` with lone surrogates spelled out as backslash escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _document(source_id: str, found: Found, own: Own) -> Document:
    return Document(
        text=own.text,
        kind=found.kind,
        source=source_id,
        place=found.place,
        author=found.author,
        written=found.written,
        recipients=found.recipients,
        subject=found.subject,
        answered=own.answered,
        labels=found.labels,
    )
