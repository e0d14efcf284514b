"""Tells a person's prose from what machines wrote and from tables, logs and lists of links."""

import re

from microtune.curation import reasons
from microtune.words import INTEREST

# Own words below which a text is not taken. Many good mails are one line of eight to fifteen.
SHORTEST = {"mail": 8, "text": 20, "post": 8, "chat": 8, INTEREST: 2}

_MACHINE_SUBJECT = re.compile(
    r"""(?ix) ^\s* (?:
      out\ of\ office\ autoreply | automatic\ reply | auto(?:matic)?[- ]?(?:reply|response)
    | abwesenheitsnotiz | automatische\ antwort | réponse\ automatique | respuesta\ automática
    | undeliverable | returned\ mail | delivery\ status\ notification
    | mail\ delivery\ (?:failed|failure) | meeting\ forward\ notification | message\ recall
    | (?:accepted|declined|tentative|cancell?ed|invitation|updated\ invitation)\s*:
    | (?:read|recall):\s )"""
)
_MACHINE_TEXT = re.compile(
    r"""(?ix) BEGIN:VCALENDAR | (?:\*~){3}
    | this\ is\ an\ automat(?:ed|ic)\w*\ (?:message|e-?mail|reply|response|notification)
    | this\ (?:message|e-?mail|report)\ (?:was|is|has\ been)\ automatically\ (?:sent|generated)
    | this\ (?:message|e-?mail|report)\ (?:was|is|has\ been)\ (?:sent|generated)\ automatically
    | (?:do\ not|don't)\ (?:reply|respond)\ to\ this\ (?:message|e-?mail)
    | diese\ (?:nachricht|e-mail)\ wurde\ automatisch | ce\ message\ a\ été\ généré\ auto
    | delivery\ to\ the\ following\ recipients?\ failed | would\ like\ to\ recall\ the\ message
    | (?:has|you\ have\ been)\ invited\ (?:you\ )?to\ (?:join|the\ following\ event)"""
)
# One of these is in every text that the expression above matches, and `in` is far faster.
_MACHINE_HINTS = (
    "vcalendar",
    "*~*~",
    "automat",
    "généré",
    "to this ",
    "failed",
    "recall",
    "invited",
)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_AROUND_WORD = ".,;:!?()[]{}<>\"'“”‘’«»*_-–—…"
_INSIDE_WORD = str.maketrans("", "", "'’-")
_LOWEST_LETTER_SHARE = 0.55
_LOWEST_WORD_SHARE = 0.5
_HIGHEST_LINK_SHARE = 0.3
_SAMPLE = 4000  # characters from the start that are enough to judge by


def count_words(text: str) -> int:
    """Words between spaces; in scripts without spaces, every two characters count as one."""
    words = len(text.split())
    return words if text.isascii() else words + len(_IDEOGRAPH.findall(text)) // 2


def objection(text: str, kind: str, subject: str = "") -> str | None:
    """The reason not to learn from `text`, or None if it is a person's prose."""
    if count_words(text) < SHORTEST.get(kind, SHORTEST["text"]):
        return reasons.TOO_SHORT
    if kind == "mail" and (_MACHINE_SUBJECT.match(subject) or _is_machine_made(text)):
        return reasons.MACHINE_MADE
    return None if _is_prose(text[:_SAMPLE]) else reasons.NOT_PROSE


def _is_machine_made(text: str) -> bool:
    lower = text.lower()
    hinted = any(hint in lower for hint in _MACHINE_HINTS)
    return hinted and _MACHINE_TEXT.search(text) is not None


def _is_prose(text: str) -> bool:
    """Mostly letters, mostly words, and not mostly links."""
    everything = text.split()
    tokens = _URL.sub("", text).split() if "://" in text or "www." in text else everything
    if len(everything) - len(tokens) > len(everything) * _HIGHEST_LINK_SHARE:
        return False
    letters = sum(map(str.isalpha, "".join(tokens)))
    if letters < sum(map(len, tokens)) * _LOWEST_LETTER_SHARE:
        return False
    if count_words(text) > 2 * len(everything):
        return True  # a script without spaces between words
    words = sum(1 for token in tokens if token.isalpha() or _is_word(token))
    return words >= len(tokens) * _LOWEST_WORD_SHARE


def _is_word(token: str) -> bool:
    """Letters only, inside whatever punctuation surrounds them."""
    return token.strip(_AROUND_WORD).translate(_INSIDE_WORD).isalpha()
