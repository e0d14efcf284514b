"""What of a mail the person wrote themselves, and which message they answered.

Puts the finders of this package in order; each of them knows one kind of foreign text.
"""

import re
from dataclasses import dataclass

from microtune.curation.blobs import without_blobs
from microtune.curation.footers import without_footers
from microtune.curation.forwards import find_foreign, is_forward
from microtune.curation.normalise import clip, tidy
from microtune.curation.quotes import separate
from microtune.curation.signatures import without_signature
from microtune.curation.source_code import without_code
from microtune.curation.unwrapping import unwrap

LONGEST_ANSWERED = 2000  # characters of the answered message that are kept as context
_DEEPEST = 8  # messages within messages that are opened to find one with words in it
# HTML turned into text repeats a link's target after its words. A target of its own stays.
_LINK_TARGET = re.compile(r"(?<=[\w)/]) ?<(?:https?://|mailto:)[^<>\s]{1,500}>")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail taken apart. `answered` is "" where there is none; `had_foreign`: others' text."""

    own: str
    answered: str
    had_foreign: bool


def read_mail(text: str, subject: str = "") -> Mail:
    """Take apart a normalised mail body. Never raises; what it does not know stays own."""
    lines = without_blobs(text.split("\n"))
    foreign = find_foreign(lines)
    layers = separate(lines[: foreign.start] if foreign else lines)
    own = _join([_voice(run) for run in layers.own])
    forwarded = is_forward(subject) or bool(foreign and foreign.forwarded)
    answered = ""
    if layers.quoted:
        answered = _message(layers.quoted, _DEEPEST)
    elif foreign and not forwarded:
        answered = _message(lines[foreign.body :], _DEEPEST)
    return Mail(own, clip(answered, LONGEST_ANSWERED), bool(foreign or layers.quoted))


def _message(lines: list[str], depth: int) -> str:
    """The words of a quoted message, or of the message in it if it has none itself."""
    foreign = find_foreign(lines)
    layers = separate(lines[: foreign.start] if foreign else lines)
    words = _join([_voice(run) for run in layers.own])
    if words or not depth:
        return words
    if layers.quoted:
        return _message(layers.quoted, depth - 1)
    return _message(lines[foreign.body :], depth - 1) if foreign else ""


def _voice(run: list[str]) -> list[str]:
    """One own run without footers, signature and code."""
    return without_code(without_signature(without_footers(run)))


def _join(runs: list[list[str]]) -> str:
    text = "\n\n".join(run for run in (tidy("\n".join(lines)) for lines in runs) if run)
    return unwrap(_LINK_TARGET.sub("", text) if "<" in text else text)
