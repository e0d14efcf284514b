"""How a text greets and how it signs off, as short forms that can be compared. English only.

Told by the look of its first and last lines, so the last words of a list may pass for a name.
"""

import re

from microtune.curation.signatures import is_sign_off

_GREETING = re.compile(
    r"(?i)^(hi|hello|hey|dear|hiya|greetings|good (?:morning|afternoon|evening)"
    r"|(?:all|everyone)(?=\W+$))\b"
)
_CALLED = re.compile(
    r"^[A-Z][\w.'’-]*(?:(?: and |/| & |, ?| )[A-Z][\w.'’-]*){0,3}\s*([,:!]|--?|–|—)$"
)
_NAME = re.compile(r"^[-–— ]*([^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*)?)[.,]?$")
_SIGNED = re.compile(r"(?:^|[\s.,!?)])(?:--?|–|—) ?([A-Z][\w.'’]*(?: [A-Z][\w.'’]*)?)$")
_LONGEST = 6  # words of a line that greets
_CLOSING = 4  # lines at the end in which a text signs off


def greeting(text: str) -> str:
    """ "hi ,", "dear :" or, for a bare name, "name ,"; "" where the text greets nobody.

    Whom it greets is left out: that is in the brief, or is not known.
    """
    first, *rest = _lines(text) or [""]
    if len(first.split()) > _LONGEST or not rest:
        return ""
    end = first[-1] if not first[-1].isalnum() else ""
    if found := _GREETING.match(first):
        return f"{found[1].lower()} {end}".strip()
    return f"name {end}" if _CALLED.match(first) else ""


def sign_off(text: str) -> str:
    """The closing and the name in lower case ("thanks / sue"), or after a dash that ends the last
    sentence the name alone ("- sue"); "" where the text just ends."""
    lines = _lines(text)[1:][-_CLOSING:]
    at = next((i for i, line in enumerate(lines) if is_sign_off(line)), None)
    if at is not None:
        said = [_plain(line) for line in lines[at : at + 2] if len(line.split()) <= _LONGEST]
        return " / ".join(said)
    if lines and len(lines[-1].split()) <= 2 and _NAME.match(lines[-1]):
        return _plain(lines[-1])
    found = _SIGNED.search(text.rstrip())
    return f"- {_plain(found[1])}" if found else ""


def _plain(line: str) -> str:
    return " ".join(re.findall(r"\w+", line.lower()))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
