"""Front matter: the YAML (---) or TOML (+++) block at the head of a Markdown file.

Knows nothing of Markdown. What is broken is read as far as it goes and never raises.
"""

import re
import tomllib
from collections.abc import Mapping

from microtune_collectors.encoding import tidy

LIMIT = 1 << 16  # characters; a longer block is no front matter
LARGEST_NUMBER = 10**20

_YAML = re.compile(r"\s*^---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_TOML = re.compile(r"\s*^\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.S | re.M)
_LINE = re.compile(r"^([A-Za-z][\w-]*)[ \t]*[:=][ \t]*(\S.*)$", re.M)
_KEY = re.compile(r"^[\"']?[A-Za-z_][\w .-]*[\"']?[ \t]*[:=]", re.M)


def split(text: str) -> tuple[dict[str, object], str]:
    """The front matter, keys in lower case, and the text after it.

    A text without a closed block that has keys is returned whole, with nothing beside it.
    """
    for pattern, read in ((_YAML, _yaml), (_TOML, _toml)):
        block = pattern.match(text, 0, LIMIT)
        if block is None:
            continue
        if not block[1].strip():
            return {}, text[block.end() :]
        if not _KEY.search(block[1]):  # prose between two rules
            continue
        values = read(block[1])
        if values is None:
            values = dict(_LINE.findall(block[1]))
            if not values:
                continue
        named = {key.lower(): value for key, value in values.items() if isinstance(key, str)}
        return named, text[block.end() :]
    return {}, text


def as_text(value: object) -> str:
    """A value as one line of text: "" for what is no text, a list joined by commas."""
    if isinstance(value, str):
        return " ".join(tidy(value).split())
    if isinstance(value, Mapping):
        name = value.get("name")  # only a text: in YAML what is nested can hold itself
        return as_text(name) if isinstance(name, str) else ""
    return ", ".join(as_list(value)) if isinstance(value, list) else ""


def as_list(value: object) -> tuple[str, ...]:
    """A value as several texts: a list, or one text divided by commas."""
    if isinstance(value, str):
        return tuple(part.strip() for part in tidy(value).split(",") if part.strip())
    if isinstance(value, list):
        scalars = (v for v in value if isinstance(v, (str, int, float, Mapping)))
        texts = (_figures(v) if isinstance(v, (int, float)) else as_text(v) for v in scalars)
        return tuple(text for text in texts if text)
    return ()


def _figures(number: float) -> str:
    """A number as text, "" for one that is too long for that (0xff…, which YAML and TOML read)."""
    return str(number) if abs(number) < LARGEST_NUMBER else ""


def _yaml(block: str) -> Mapping[object, object] | None:
    import yaml

    try:
        values = yaml.safe_load(block)
    except Exception:  # PyYAML raises far more than YAMLError on broken input
        return None
    return values if isinstance(values, dict) else None


def _toml(block: str) -> Mapping[str, object] | None:
    try:
        return tomllib.loads(block)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return None
