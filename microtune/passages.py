"""Cutting a text into passages of the length that helps a prompt. It knows nothing of storage."""

import re

FEWEST, MOST = 40, 120  # words

_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")
# a full stop with its closing quotes or brackets, then space
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’)\]])\s+")


def split_into_passages(text: str) -> list[str]:
    """`text` as passages of about 40 to 120 words that end where paragraphs or sentences end.

    Short paragraphs are joined and long ones cut; only a sentence of more than 120 words is cut
    inside. Every word of `text` is in exactly one passage, in order.
    """
    passages: list[str] = []
    for paragraph in _PARAGRAPH_END.split(text.strip()):
        pieces = _pieces(paragraph)
        for index, piece in enumerate(pieces):
            joint = " " if index else "\n\n"
            if passages and _joins(passages[-1], piece, starts_paragraph=index == 0):
                passages[-1] += joint + piece
            else:
                passages.append(piece)
    return _with_tail_joined(passages)


def _joins(passage: str, piece: str, starts_paragraph: bool) -> bool:
    """Whether `piece` goes on the end of `passage` rather than begin the next one."""
    size = _words(passage)
    if size + _words(piece) > MOST:
        return False
    return not starts_paragraph or size < FEWEST


def _pieces(paragraph: str) -> list[str]:
    """A paragraph whole if it fits, else its sentences, else runs of words."""
    if not paragraph.strip():
        return []
    if _words(paragraph) <= MOST:
        return [paragraph]
    pieces: list[str] = []
    for sentence in _SENTENCE_END.split(paragraph):
        words = sentence.split()
        if len(words) <= MOST:
            pieces += [sentence] if words else []
        else:
            pieces += [" ".join(words[i : i + MOST]) for i in range(0, len(words), MOST)]
    return pieces


def _with_tail_joined(passages: list[str]) -> list[str]:
    """A last passage of a few words says little alone: it joins the one before if that fits."""
    if len(passages) > 1 and _words(passages[-1]) < FEWEST:
        together = passages[-2] + "\n\n" + passages[-1]
        if _words(together) <= MOST:
            return [*passages[:-2], together]
    return passages


def _words(text: str) -> int:
    return len(text.split())
