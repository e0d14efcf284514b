"""Cutting a text into passages of the length that helps a prompt. It knows nothing of storage."""

import re

FEWEST, MOST = 40, 120  # words of a passage for retrieval

_WORD = re.compile(r"\S+")
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")
# a full stop with its closing quotes or brackets, then space
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’)\]])\s+")


def split_into_passages(text: str, fewest: int = FEWEST, most: int = MOST) -> list[str]:
    """`text` as passages of about `fewest` to `most` words that end where paragraphs or sentences
    end.

    Short paragraphs are joined and long ones cut; only a sentence of more than `most` words is
    cut inside. Every word of `text` is in exactly one passage, in order.
    """
    passages: list[str] = []
    for paragraph in _PARAGRAPH_END.split(text.strip()):
        for index, piece in enumerate(_pieces(paragraph, most)):
            size = _words(passages[-1]) if passages else most
            if size + _words(piece) <= most and (index or size < fewest):
                passages[-1] += (" " if index else "\n\n") + piece
            else:
                passages.append(piece)
    return _with_tail_joined(passages, fewest, most)


def _pieces(paragraph: str, most: int) -> list[str]:
    """A paragraph whole if it fits, else its sentences, else runs of words."""
    if not paragraph.strip():
        return []
    if _words(paragraph) <= most:
        return [paragraph]
    pieces: list[str] = []
    for sentence in _SENTENCE_END.split(paragraph):
        words = sentence.split()
        if len(words) <= most:
            pieces += [sentence] if words else []
        else:
            pieces += [" ".join(words[i : i + most]) for i in range(0, len(words), most)]
    return pieces


def _with_tail_joined(passages: list[str], fewest: int, most: int) -> list[str]:
    """A last passage of a few words says little alone: it joins the one before if that fits."""
    if len(passages) > 1 and _words(passages[-1]) < fewest:
        together = passages[-2] + "\n\n" + passages[-1]
        if _words(together) <= most:
            return [*passages[:-2], together]
    return passages


def _words(text: str) -> int:
    return len(text.split())


def locate(passage: str, text: str) -> tuple[int, int] | None:
    """Where in `text` a passage of it lies: (start, end) in characters; None if it is not of it.

    A passage has the words of its text and other white space.
    """
    at = text.find(passage) if passage else -1
    if at >= 0:
        return at, at + len(passage)
    words, found = passage.split(), list(_WORD.finditer(text)) if passage else []
    for number, match in enumerate(found[: len(found) - len(words) + 1] if words else ()):
        if match.group() == words[0]:
            stretch = found[number : number + len(words)]
            if [one.group() for one in stretch] == words:
                return match.start(), stretch[-1].end()
    return None
