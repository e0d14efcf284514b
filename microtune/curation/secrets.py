"""Masks passwords, keys and account numbers with placeholders such as "[password]".

A span must be sure: a known prefix, a checksum, a value that follows its name, or the density of
a random string. Names, phone numbers and addresses are the person's own and stay.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from microtune.curation.passwords import NAMED, mask_named

_PREFIXED = re.compile(
    r"""(?x) \b (?:
      (?:AKIA|ASIA|AGPA|AROA)[0-9A-Z]{16} | gh[pousr]_[A-Za-z0-9]{30,255} | github_pat_\w{22,255}
    | glpat-[\w-]{20,} | xox[abeoprs]-[\w-]{10,} | AIza[\w-]{35} | ya29\.[\w-]{20,}
    | (?:sk|pk|rk)_(?:live|test)_[0-9A-Za-z]{10,} | sk-(?:ant-|proj-)?[\w-]{20,}
    | SG\.[\w-]{16,}\.[\w-]{16,} | npm_[A-Za-z0-9]{36} | pypi-[\w-]{32,} | hf_[A-Za-z0-9]{30,}
    | eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,} )"""
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----"
    r"(?:.{0,6000}?-----END \1-----|(?:\s+[\w+/=:,.-]{16,100}(?!\S))*)",
    re.DOTALL,
)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/:@\[\]]{1,80}:)([^\s/@\[\]]{1,120})(?=@)")
_URL_TOKEN = re.compile(
    r"([?&;](?:access_token|api_?key|auth|key|token|secret|password|pwd|sig|signature)=)"
    r"([^\s&#\[\]<>\"']{8,})",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(
    r"(?<![\w+.-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\w-]|\.\d)"
)
_CARD_STARTS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6")  # ISO/IEC 7812 issuers of payment cards
_SSN = re.compile(r"\b(?<!-)(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}\b(?!-)")
_DENSE = re.compile(
    r"(?<![\w/\\+.:-])(?:[A-Za-z0-9_-]{24,}|[A-Za-z0-9+/]{40})={0,2}(?![\w/\\+-]|\.\w)"
)
_WORDLIKE = re.compile(r"[A-Z][a-z]{2,}|[a-z]{4,}|[A-Z]{5,}")
_MOST_WORDLIKE = 0.6  # share of a random string's characters that may lie in such runs
_LEAST_ENTROPY = 3.9  # bits a character; identifiers made of words stay below it


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with its secrets replaced, and how many there were."""

    text: str
    count: int


def mask(text: str) -> Masked:
    """Replace every secret in `text` by a typed placeholder. Masking again changes nothing."""
    total = 0
    while True:
        once = _mask_once(text)
        total += once.count
        if once.count == 0:
            return Masked(text, total)
        text = once.text


Replacement = Callable[[re.Match[str]], str | None]  # None: not a secret after all


def _mask_once(text: str) -> Masked:
    count = 0
    for hints, pattern, replacement in _RULES:
        if hints and not any(hint in text for hint in hints):
            continue
        pieces = []
        done = 0
        for match in pattern.finditer(text):
            new = replacement(match)
            if new is not None:
                pieces += [text[done : match.start()], new]
                done = match.end()
        count += len(pieces) // 2
        text = "".join([*pieces, text[done:]])
    return Masked(text, count)


def _iban(match: re.Match[str]) -> str | None:
    """The longest run of groups with a valid checksum; a word may follow in capitals."""
    from stdnum import iban

    words = match[0].split(" ")
    for end in range(len(words), 0, -1):
        if iban.is_valid("".join(words[:end])):
            return " ".join(["[iban]", *words[end:]])
    return None


def _card(match: re.Match[str]) -> str | None:
    from stdnum import luhn

    digits = re.sub(r"\D", "", match[0])
    valid = _CARD_STARTS.match(digits) and len(set(digits)) > 1 and luhn.is_valid(digits)
    return "[card]" if valid else None


def _dense(match: re.Match[str]) -> str | None:
    """Random-looking: digits and both cases, no words in it, and high entropy."""
    value = match[0]
    if value.isalpha() or value.upper() == value or value.lower() == value:
        return None
    if not any(map(str.isdigit, value)):
        return None
    if sum(map(len, _WORDLIKE.findall(value))) > len(value) * _MOST_WORDLIKE:
        return None
    shares = [count / len(value) for count in Counter(value).values()]
    return "[key]" if -sum(p * math.log2(p) for p in shares) >= _LEAST_ENTROPY else None


_DIGITS = tuple("0123456789")
# (strings one of which a text must hold for the rule to be tried, what to look for, what to put)
_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], Replacement], ...] = (
    (("PRIVATE KEY",), _PRIVATE_KEY, lambda match: "[key]"),
    (("://",), _URL_PASSWORD, lambda match: f"{match[1]}[password]"),
    (("=",), _URL_TOKEN, lambda match: f"{match[1]}[token]"),
    (("_", "-", "AIza", "AKIA", "ASIA", "AGPA", "AROA", "."), _PREFIXED, lambda match: "[token]"),
    ((), NAMED, mask_named),
    (_DIGITS, _IBAN, _iban),
    (_DIGITS, _CARD, _card),
    (_DIGITS, _SSN, lambda match: "[ssn]"),
    (_DIGITS, _DENSE, _dense),
)
