"""Masks passwords, keys and account numbers with placeholders such as "[password]".

Spans must be sure: a format with a prefix or a checksum, or a value that follows its name.
Names, phone numbers and addresses are the person's own and stay.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

_PREFIXED = re.compile(
    r"""(?x) \b (?: (?:AKIA|ASIA|AGPA|AROA)[0-9A-Z]{16} | gh[pousr]_[A-Za-z0-9]{30,255}
    | github_pat_\w{22,255} | glpat-[\w-]{20,} | xox[abeoprs]-[\w-]{10,} | AIza[\w-]{35} | ya29\.[\w-]{20,}
    | (?:sk|pk|rk)_(?:live|test)_[0-9A-Za-z]{10,} | sk-(?:ant-|proj-)?[\w-]{20,} | SG\.[\w-]{16,}\.[\w-]{16,}
    | npm_[A-Za-z0-9]{36} | pypi-[\w-]{32,} | hf_[A-Za-z0-9]{30,} | eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,} )"""
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----"
    r"(?:.{0,20000}?-----END \1-----|[\s\w+/=:,.-]{0,20000})",
    re.DOTALL,
)
_NAMED = re.compile(
    r"""(?ix) \b (?P<name> pass(?:word|wd|phrase|code|wort)s? | pwd? | kennwort | mot\ de\ passe | contraseña
        | senha | wachtwoord | lösenord | pin(?:\ code|\ number)? | api[ _-]?key | secret(?:[ _-]key)?
        | access[ _-](?:key|token|code) | auth[ _-]?token | token )
      \b (?P<link> ["']?\s*(?:[:=]|=>|->)\s* | \s+(?:is|was|will\ be|ist|lautet|est|es|är)\ (?:now\ |still\ )?:?\s* )
      (?P<value> "[^"\s]{3,80}" | '[^'\s]{3,80}' | [^\s\["'<(][^\s"'<>]{2,200} ) (?P<after> [^\S\n]*(?:\n|\Z)?)"""
)
_URL_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]{1,15}://[^\s/:@\[\]]{1,80}:)([^\s/@\[\]]{1,120})(?=@)", re.I)
_URL_TOKEN = re.compile(
    r"(?i)([?&;](?:access_token|api_?key|auth|key|token|secret|password|pwd|sig|signature)=)([^\s&#\[\]<>\"']{8,})"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\w+.-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\w-]|\.\d)")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_DENSE = re.compile(r"(?<![\w/\\+.:-])(?:[A-Za-z0-9_-]{24,}|[A-Za-z0-9+/]{40})={0,2}(?![\w/\\+-])")
_WORDLIKE = re.compile(r"[A-Za-z]?[a-z]{5,}|[A-Z]{6,}")
_LEAST_ENTROPY = 3.9  # bits a character; identifiers made of words stay below it
_CARD_STARTS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6")
# What follows "the password is" in a sentence about passwords.
_ORDINARY = re.compile(
    r"""(?ix) (?: \w+(?:ed|ing|able|ible|ive|ful|less|ly|ous|al) | wrong | right | too | the | a | an | not | no
    | same | your | my | our | his | her | their | its | in | on | at | by | for | from | to | of | that | this | these
    | what | which | where | when | who | how | if | case | still | now | only | just | all | so | as | always | never
    | weak | strong | secret | blank | empty | correct | incorrect | invalid | below | above | here | there | out
    | lost | gone | known | unknown | sent | kept | set | longer | shorter | long | short | safe | fine | ok | okay
    | good | bad | none | null | true | false | being | been | also | one | something | nothing | anything | it
    | falsch | richtig | nicht | das | der | die | ein | eine | le | la | un | une | pas )"""
)


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


def _mask_once(text: str) -> Masked:
    count = 0

    def put(replacement: Callable[[re.Match[str]], str | None]) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            nonlocal count
            new = replacement(match)
            if new is None:
                return match[0]
            count += 1
            return new

        return replace

    for pattern, replacement in _RULES:
        text = pattern.sub(put(replacement), text)
    return Masked(text, count)


def _named(match: re.Match[str]) -> str | None:
    """A value after its name. Sentences about passwords ("the password is required") stay."""
    value = match["value"]
    bare = value.strip("\"'").rstrip(".,;:!?)")
    assigned = not match["link"][:1].isspace() or ":" in match["link"] or "=" in match["link"]
    is_pin = match["name"].lower().startswith("pin")
    if len(bare) < 3 or (is_pin and not bare.isdigit()) or bare.startswith("["):
        return None
    if not (_looks_secret(bare) or value[0] in "\"'"):
        ends = bool(match["after"].strip(" ") or match.end() == len(match.string)) or value != bare
        if not ends or not _is_plain_value(bare, assigned, match["name"]):
            return None
    label = "token" if re.match(r"(?i)api|secret|access|auth|token", match["name"]) else "password"
    tail = value[len(value.rstrip(".,;:!?)")) :] if value[0] not in "\"'" else ""
    if tail:
        tail = value[-len(value) + len(value.rstrip(".,;:!?)")) :]
    return f"{match['name']}{match['link']}[{label}]{tail}{match['after']}"


def _is_plain_value(bare: str, assigned: bool, name: str) -> bool:
    """An ordinary-looking word that stands where a password stands, at the end of its line."""
    if _ORDINARY.fullmatch(bare) or not name.lower().startswith(("pass", "pw", "kenn", "mot", "contra", "wacht")):
        return False
    return bare.isalnum() and (assigned or bare.islower())


def _looks_secret(value: str) -> bool:
    """Letters mixed with digits or inner symbols, as no ordinary word has them."""
    digits = any(map(str.isdigit, value))
    letters = any(map(str.isalpha, value))
    symbols = any(not character.isalnum() for character in value)
    mixed = any(map(str.isupper, value[1:])) and any(map(str.islower, value))
    return (digits and len(value) >= 4) or (letters and symbols and mixed)


def _iban(match: re.Match[str]) -> str | None:
    from stdnum import iban

    words = match[0].split(" ")
    for end in range(len(words), 0, -1):
        if iban.is_valid("".join(words[:end])):
            return " ".join(["[iban]", *words[end:]])
    return None


def _card(match: re.Match[str]) -> str | None:
    from stdnum import luhn

    digits = re.sub(r"\D", "", match[0])
    valid = _CARD_STARTS.match(digits) and len(set(digits)) > 2 and luhn.is_valid(digits)
    return "[card]" if valid else None


def _dense(match: re.Match[str]) -> str | None:
    """Random-looking: digits and both cases, no words in it, and high entropy."""
    value = match[0]
    mixed = any(map(str.isdigit, value)) and any(map(str.isupper, value)) and any(map(str.islower, value))
    if not mixed or len(_WORDLIKE.findall(value)) > len(value) // 24:
        return None
    shares = [n / len(value) for n in Counter(value).values()]
    return "[key]" if -sum(p * math.log2(p) for p in shares) >= _LEAST_ENTROPY else None


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_PRIVATE_KEY, lambda match: "[key]"),
    (_URL_PASSWORD, lambda match: f"{match[1]}[password]"),
    (_URL_TOKEN, lambda match: f"{match[1]}[token]"),
    (_PREFIXED, lambda match: "[token]"),
    (_NAMED, _named),
    (_IBAN, _iban),
    (_CARD, _card),
    (_SSN, lambda match: "[ssn]"),
    (_DENSE, _dense),
)
