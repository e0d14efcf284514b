"""The wording of every prompt that microtune gives a model, in one place.

Pretraining of pocket, training of adapters, evaluation and drafting all build their prompts
here, so a model meets at work exactly what it met in training. Knows nothing about tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from microtune.contracts import Turn

LENGTHS = (15, 30, 50, 80, 120, 180, 250, 400)
ANSWERED_CHARACTERS = 1200
BEFORE_CHARACTERS = 1200


@dataclass(frozen=True, slots=True)
class Brief:
    """What is known of a text before it is written. Empty fields leave no line in the prompt."""

    about: str = ""
    to: str = ""
    subject: str = ""
    words: int = 0


def nearest_length(words: int) -> int:
    """The rounded length that prompts speak of."""
    return min(LENGTHS, key=lambda length: abs(length - words))


def write_turns(brief: Brief, passages: Sequence[str] = ()) -> list[Turn]:
    """Write a text from a brief."""
    return [*voice_turns(passages), Turn("user", "\n".join(["Write this.", *_lines(brief)]))]


def reply_turns(message: str, brief: Brief, passages: Sequence[str] = ()) -> list[Turn]:
    """Answer a message; only its beginning is quoted when it is long."""
    head = "\n".join(["Answer this message.", *_lines(brief)])
    return [
        *voice_turns(passages),
        Turn("user", f"{head}\n\n{_head(message, ANSWERED_CHARACTERS)}"),
    ]


def continue_turns(before: str, brief: Brief, passages: Sequence[str] = ()) -> list[Turn]:
    """Go on where a text stops; only its end is quoted when it is long."""
    head = "\n".join(["Continue this text.", *_lines(brief)])
    return [*voice_turns(passages), Turn("user", f"{head}\n\n{_tail(before, BEFORE_CHARACTERS)}")]


def rewrite_turns(text: str, brief: Brief, passages: Sequence[str] = ()) -> list[Turn]:
    """Say the same in the writer's own voice."""
    head = "\n".join(["Rewrite this.", *_lines(brief)])
    return [*voice_turns(passages), Turn("user", f"{head}\n\n{text.strip()}")]


def voice_turns(passages: Sequence[str]) -> list[Turn]:
    """The turn in front of every prompt that shows how the writer writes; none without passages."""
    if not passages:
        return []
    quoted = "\n---\n".join(passage.strip() for passage in passages)
    return [Turn("system", f"From the same writer:\n---\n{quoted}")]


def _lines(brief: Brief) -> list[str]:
    length = f"about {nearest_length(brief.words)} words" if brief.words else ""
    pairs = (
        ("To", brief.to),
        ("Subject", brief.subject),
        ("Length", length),
        ("About", brief.about),
    )
    return [f"{name}: {' '.join(value.split())}" for name, value in pairs if value.strip()]


def _head(text: str, limit: int) -> str:
    text = text.strip()
    return text if len(text) <= limit else text[:limit].rsplit(maxsplit=1)[0] + " …"


def _tail(text: str, limit: int) -> str:
    text = text.strip()
    return text if len(text) <= limit else "… " + text[-limit:].split(maxsplit=1)[-1]
