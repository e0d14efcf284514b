"""Which documents are trained on, which steer a run, and which only measure it."""

from collections.abc import Sequence
from dataclasses import dataclass

from microtune.errors import MicrotuneError
from microtune.words import Document

FEWEST_DOCUMENTS = 20
FEWEST_HELDOUT = 10
FEWEST_VALIDATION = 2
_VALIDATION_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Split:
    """`train` is older than `heldout`; no run ever sees `heldout`."""

    train: tuple[Document, ...]
    heldout: tuple[Document, ...]


def split_by_time(documents: Sequence[Document]) -> Split:
    """Hold out the newest tenth, at least ten. `documents` come in order of time, oldest first.

    Raises `MicrotuneError` with fewer than twenty documents.
    """
    count = len(documents)
    if count < FEWEST_DOCUMENTS:
        raise MicrotuneError(
            f"training needs at least {FEWEST_DOCUMENTS} documents, and there are {count}",
            "Add a source with `microtune sources add PATH`, or write more.",
        )
    border = count - max(FEWEST_HELDOUT, count // 10)
    return Split(tuple(documents[:border]), tuple(documents[border:]))


def validation_slice(train: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """Split `train` into what is fitted and what early stopping watches (about 8 %, at least two).

    A document's id decides, so it keeps its side when others come and go.
    """
    watched = {document.id for document in train if _draw(document) < _VALIDATION_SHARE}
    if len(watched) < FEWEST_VALIDATION:
        by_draw = sorted(train, key=lambda document: (_draw(document), document.id))
        watched = {document.id for document in by_draw[:FEWEST_VALIDATION]}
    fitted = [document for document in train if document.id not in watched]
    return fitted, [document for document in train if document.id in watched]


def _draw(document: Document) -> float:
    """A number in [0, 1) that depends on the document's text alone."""
    return int(document.id[:8], 16) / 2**32
