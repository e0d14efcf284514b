"""What the benches of a voice need of a person's texts: references, practice, held out, training.

Of a text its first piece counts, which is what a draft is asked for, and only where it is long
enough to be judged. Later pieces were tried as references beside the first ones: somebody who
writes few and long letters was told from others less well by them (AUC 0.70 instead of 0.96).
All but the held-out texts are those that training saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kept_homes import kind_of
from voices.verifier import Author

from microtune.curation.split import split_by_time
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.briefs import about
from microtune_adapters.evaluation import spread
from microtune_adapters.examples import pieces

FEWEST_WORDS = 10  # pieces have an end of their own (`PIECE_WORDS`)
REFERENCES, PRACTICE = 150, 60  # at most
OLDER = 0.8  # of the training texts are references; a verifier learns of the newer ones


@dataclass(frozen=True, slots=True)
class Texts:
    """One person's; `held_out` are documents that no run saw, `training` all that one could see."""

    author: Author
    held_out: tuple[Document, ...]
    training: tuple[str, ...]

    @property
    def real(self) -> list[str]:
        return [first(document) for document in self.held_out]


def texts_of(person: str, home: Home, most: int) -> Texts:
    """At most so many held-out texts, evenly spread. Raises `MicrotuneError` for too few texts."""
    with Store.open(home) as store:
        split = split_by_time(list(store.documents.live()))
    fitting = [first(document) for document in split.train if fits(document)]
    border = int(len(fitting) * OLDER)
    held_out = spread([document for document in split.heldout if fits(document)], most)
    if not (border and held_out):
        raise MicrotuneError(
            f"too few texts have {FEWEST_WORDS} words or more", "Add longer ones to the folder."
        )
    author = Author(
        name=person,
        kind=kind_of(person),
        references=tuple(evenly(fitting[:border], REFERENCES)),
        practice=tuple(evenly(fitting[border:], PRACTICE)),
    )
    return Texts(author, tuple(held_out), tuple(document.text for document in split.train))


def first(document: Document) -> str:
    return pieces(document.text)[0]


def fits(document: Document) -> bool:
    """Whether it can be judged, and a brief of it says anything."""
    text = first(document)
    return len(text.split()) >= FEWEST_WORDS and bool(about(text) or document.subject)


def evenly(texts: Sequence[str], most: int) -> list[str]:
    count = min(len(texts), most)
    return [texts[i * len(texts) // count] for i in range(count)]
