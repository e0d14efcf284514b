"""From a found text to a document that is worth keeping, or why it is not.

Puts together curation, what the store already has, and near duplicates. It writes nothing.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Protocol, TypeVar

from microtune.curation import reasons
from microtune.curation.curator import Curator
from microtune.curation.duplicates import THRESHOLD, NearDuplicates, scan
from microtune.words import INTEREST, Document, Found, Own, Skip

REMEMBERED = 20_000  # texts of a pass whose repetition is known at once
PENDING = 5_000  # texts let through that may not be stored yet; a preview stores none
AnyFound = TypeVar("AnyFound", bound=Found)
SCANNED = 30  # new texts of a pass up to which no index of all that is kept is worth making


class Known(Protocol):
    """What is kept already. See `microtune.documents.Documents`."""

    def at(self, source_id: str, place: str) -> str | None: ...

    def is_live(self, document_id: str, own: bool = False) -> bool: ...

    def whereabouts(self, document_id: str) -> tuple[str, str] | None: ...

    def signatures(self) -> Iterable[tuple[str, bytes]]: ...

    def candidates(self, signature: bytes, share: float) -> Iterable[tuple[str, bytes]]: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A document to store, its near-duplicate signature, and how many secrets were masked.

    An interest has no signature: the title of a page must not stand in the way of an own text.
    """

    document: Document
    signature: bytes | None
    masked: int
    replaces: str = ""  # the document of which this is a version under a new name


@dataclass(frozen=True, slots=True)
class Moved:
    """A document that is kept already, and where its file lies now."""

    document: str
    place: str


class Sifter:
    """Sifts the texts of one pass. It remembers what it let through, stored yet or not."""

    def __init__(
        self,
        documents: Known,
        curator: Curator,
        is_barred: Callable[[str, str, str], bool] = lambda document, source, place: False,
    ) -> None:
        """`is_barred` tells what was forgotten: see `microtune.erasures`."""
        self._documents = documents
        self._is_barred = is_barred
        self._curator = curator
        self._places: dict[str, tuple[str, str]] = {}  # id → (source, place), of the last ones
        self._replaced: set[str] = set()  # in this pass
        self._index = NearDuplicates()  # of this pass, and of all others once that is worth it
        self._has_all = False
        self._searches = 0
        self._repeated: dict[bytes, tuple[str, str]] = {}  # raw text → place, reason for another

    def sift(
        self, source_id: str, found: Found, holds: Callable[[str], bool] = lambda place: True
    ) -> Kept | Moved | Skip | None:
        """What to keep of `found`, or why nothing; None where the store has just this already.

        `holds` tells whether there is still anything at a place of the source: a text that is
        known from a place where nothing is left was moved.

        Mail often lies in several mailboxes: of a text that was sifted before in this pass only
        a hash is looked up.
        """
        raw = blake2b(f"{found.kind}\0{found.subject}\0{found.text}".encode()).digest()
        place, reason = self._repeated.get(raw, ("", ""))
        if reason and place != found.place:
            return Skip(found.place, reason)
        outcome = self._sift_new(source_id, found, holds)
        if len(self._repeated) >= REMEMBERED:
            self._repeated.clear()
        reason = outcome.reason if isinstance(outcome, Skip) else reasons.EXACT_DUPLICATE
        self._repeated[raw] = (found.place, reason)
        return outcome

    def _sift_new(
        self, source_id: str, found: Found, holds: Callable[[str], bool]
    ) -> Kept | Moved | Skip | None:
        own = self._curator.admit(found)
        if isinstance(own, Skip):
            return own
        document = _document(source_id, found, own)
        place = (source_id, found.place)
        replaced = self._documents.at(*place)
        if document.id == replaced or self._places.get(document.id) == place:
            return None
        if self._is_barred(document.id, *place):
            return Skip(found.place, reasons.FORGOTTEN)
        is_own = document.kind != INTEREST
        if document.id in self._places or self._documents.is_live(document.id, is_own):
            if replaced is None and self._has_left(document.id, document, holds):
                return Moved(document.id, found.place)
            return Skip(found.place, reasons.EXACT_DUPLICATE)
        if not is_own:
            return Kept(document, None, own.masked)
        return self._unless_near(document, own.masked, replaced, holds)

    def _unless_near(
        self, document: Document, masked: int, replaced: str | None, holds: Callable[[str], bool]
    ) -> Kept | Skip:
        signature = self._index.signature(document.text)
        gone = {replaced} if replaced else set()
        twin = self._near(signature, gone)
        moved = bool(twin) and replaced is None and self._has_left(twin, document, holds)
        if twin and moved:  # there may be another, which has not gone
            gone.add(twin)
        if self._near(signature, gone) if moved else twin:
            return Skip(document.place, reasons.NEAR_DUPLICATE)
        self._replaced |= gone
        self._let_through(document)
        self._index.add(document.id, signature)
        return Kept(document, signature, masked, twin if twin and moved else "")

    def _let_through(self, document: Document) -> None:
        """Remember it until the store surely knows it."""
        self._places[document.id] = (document.source, document.place)
        if len(self._places) > PENDING:
            self._places.pop(next(iter(self._places)))

    def _has_left(self, twin: str | None, document: Document, holds: Callable[[str], bool]) -> bool:
        """Whether `twin` is from a file of the same source that is there no more."""
        if not twin or document.kind != "text":
            return False
        lay = self._places.get(twin) or self._documents.whereabouts(twin)
        return lay is not None and lay[0] == document.source and not holds(lay[1])

    def _near(self, signature: bytes, gone: set[str]) -> str | None:
        """A near duplicate, of this pass or kept before; `gone`: what no longer counts, besides
        what was replaced in this pass.

        All that is kept is made into an index only when many new texts come: a pass without new
        ones never pays for it, and one with a few looks through the sketches a few times.
        """
        self._searches += 1
        if self._searches > SCANNED and not self._has_all:
            self._has_all = True
            self._index.extend(self._documents.signatures())
        ignore = _Either(gone, self._replaced)
        found = self._index.find(signature, ignore)
        if found or self._has_all:
            return found
        return scan(signature, self._documents.candidates(signature, THRESHOLD), ignore)


class _Either:
    """What is in one of two sets, without making a third of them for each text."""

    def __init__(self, few: Container[str], many: Container[str]) -> None:
        self._few, self._many = few, many

    def __contains__(self, item: object) -> bool:
        return item in self._few or item in self._many


def storable(found: AnyFound) -> AnyFound:
    """`found` with nothing in it that UTF-8 cannot express (a file name in latin-1, say)."""
    return replace(
        found,
        place=unicode_text(found.place),
        text=unicode_text(found.text),
        answered=unicode_text(found.answered),
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
