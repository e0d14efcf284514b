"""A revision as rows of a given width, for a screen to colour. Knows nothing of colours or keys."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rich.cells import cell_len, chop_cells

from microtune_tui.revising.revision import Part, Revision
from microtune_tui.revising.words import Word, words_of

Kind = Literal["same", "mark", "old", "new"]
MARK = "   "  # the room in front of a hunk for what the screen says of it
SIGNS: dict[Kind, str] = {"old": "−", "new": "+"}  # colour is not all
PARAGRAPH = "¶"


class Piece(NamedTuple):
    """Some text of one part, without line breaks."""

    text: str
    part: int
    kind: Kind


Row = list[Piece]


class _Break(NamedTuple):
    """A new row, and after it as many blank ones."""

    blank: int


def rows_of(revision: Revision, width: int) -> list[Row]:
    """The parts in order, wrapped between words."""
    rows: list[Row] = [[]]
    used = 0
    for atom in _atoms(revision):
        if isinstance(atom, _Break):
            rows += [[] for _ in range(1 + atom.blank)]
            used = 0
            continue
        for piece in _fitting(atom, width):
            needed = len(MARK) + 8 if piece.kind == "mark" else cell_len(piece.text.rstrip())
            if used and used + needed > width:
                rows.append([])
                used = 0
            rows[-1].append(piece)
            used += cell_len(piece.text)
    return rows


def _fitting(piece: Piece, width: int) -> Iterator[Piece]:
    """The piece, cut where it is longer than a row."""
    if cell_len(piece.text) <= width:
        yield piece
    else:
        for text in chop_cells(piece.text, width):
            yield Piece(text, piece.part, piece.kind)


def _atoms(revision: Revision) -> Iterator[Piece | _Break]:
    """What must not be parted, and where a new row begins."""
    for number, part in enumerate(revision.parts):
        if not part.changed:
            yield from _same(number, part)
            continue
        words = [*_side(number, part.old, "old"), *_side(number, part.new, "new")]
        yield Piece(MARK, number, "mark")
        yield from words
        if any(side.count("\n") > 1 and _ends_paragraph(side) for side in (part.old, part.new)):
            yield _Break(1)


def _same(number: int, part: Part) -> Iterator[Piece | _Break]:
    for word in words_of(part.old):
        lines = word.space.count("\n")
        yield Piece(word.text + (" " if word.space and not lines else ""), number, "same")
        if lines:
            yield _Break(min(lines, 2) - 1)


def _side(number: int, text: str, kind: Kind) -> Iterator[Piece]:
    """One side's words; the first carries its sign."""
    sign = SIGNS[kind]
    for word in words_of(text):
        yield Piece(f"{sign}{_shown(word)} ", number, kind)
        sign = ""


def _shown(word: Word) -> str:
    return word.text + PARAGRAPH if word.ends_paragraph else word.text


def _ends_paragraph(side: str) -> bool:
    return words_of(side)[-1].ends_paragraph
