"""Tells a person's prose from what machines wrote and from tables, logs and lists of links."""

import re

from microtune.curation import reasons

SHORTEST = {"mail": 8, "text": 20}  # own words; many good mails are one line of eight to fifteen

_MACHINE_SUBJECT = re.compile(
    r"""(?ix) ^\s* (?: out\ of\ office | automatic\ reply | auto(?:matic)?[- ]?(?:reply|response)
    | abwesenheit | automatische\ antwort | réponse\ automatique | respuesta\ automática
    | undeliverable | returned\ mail | delivery\ status\ notification | mail\ delivery\ (?:failed|failure)
    | (?:accepted|declined|tentative|canceled|cancelled|invitation|updated\ invitation)\s*: | read:\s
    | meeting\ forward\ notification | message\ recall | recall:\s )"""
)
_MACHINE_TEXT = re.compile(
    r"""(?ix) BEGIN:VCALENDAR | (?:\*~){3} | this\ is\ an\ automat(?:ed|ic)\w*\ (?:message|e-?mail|reply|response|notification)
    | this\ (?:message|e-?mail|report)\ (?:was|is|has\ been)\ (?:automatically\ (?:sent|generated)|(?:sent|generated)\ automatically)
    | (?:do\ not|don't)\ (?:reply|respond)\ to\ this\ (?:message|e-?mail)
    | diese\ nachricht\ wurde\ automatisch | delivery\ to\ the\ following\ recipients?\ failed
    | would\ like\ to\ recall\ the\ message | (?:has\ invited\ you\ to|you\ have\ been\ invited\ to)\ (?:join|the\ following\ event)"""
)
_URL = re.compile(r"(?i)\b(?:https?://|www\.)\S+")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_LOWEST_LETTER_SHARE = 0.55
_LOWEST_WORD_SHARE = 0.5
_HIGHEST_LINK_SHARE = 0.3


def count_words(text: str) -> int:
    """Words between spaces; in scripts without spaces, every two characters count as one."""
    return len(text.split()) + len(_IDEOGRAPH.findall(text)) // 2


def objection(text: str, kind: str, subject: str = "") -> str | None:
    """The reason not to learn from `text`, or None if it is a person's prose."""
    if count_words(text) < SHORTEST.get(kind, SHORTEST["text"]):
        return reasons.TOO_SHORT
    if kind == "mail" and (_MACHINE_SUBJECT.match(subject) or _MACHINE_TEXT.search(text)):
        return reasons.MACHINE_MADE
    return None if _is_prose(text) else reasons.NOT_PROSE


def _is_prose(text: str) -> bool:
    everything = text.split()
    tokens = _URL.sub("", text).split() if "://" in text or "www." in text else everything
    if len(everything) - len(tokens) > len(everything) * _HIGHEST_LINK_SHARE:
        return False
    letters = sum(sum(map(str.isalpha, token)) for token in tokens)
    if letters < sum(map(len, tokens)) * _LOWEST_LETTER_SHARE:
        return False
    words = sum(1 for token in tokens if _is_word(token))
    return words >= len(tokens) * _LOWEST_WORD_SHARE


def _is_word(token: str) -> bool:
    """Letters only, inside whatever punctuation surrounds them."""
    core = token.strip(".,;:!?()[]{}<>\"'“”‘’«»*_-–—…").replace("'", "").replace("’", "").replace("-", "")
    return core.isalpha()
