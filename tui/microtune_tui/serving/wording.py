"""From what a program asked to the turns that the model sees, within what it can read at once.

An adapter was trained on prompts in the forms of `microtune_adapters.prompts`, half of them with
the person's own passages in a system turn. So what is asked of one gets that turn, in front of
whatever the program sent. A first message of one short paragraph is taken for a brief and put into
the form of one; other messages stay as they are, those too that a program put into a form itself.
"""

from collections.abc import Sequence

from microtune.contracts import Turn
from microtune_adapters import prompts
from microtune_adapters.prompts import Brief
from microtune_tui.serving.asked import Asked
from microtune_tui.serving.refusals import Refusal

BYTES_A_TOKEN = 3  # of plain prose a byte-level BPE makes more of a token; a cautious estimate
QUERY_CHARACTERS = 600
BRIEF_WORDS = 60
FORMS = ("Write this.", "Answer this message.", "Continue this text.", "Rewrite this.")


def query(asked: Asked) -> str:
    """What the person's own passages are searched with: the last message, or where a text stops."""
    if not asked.turns:
        return asked.text[-QUERY_CHARACTERS:]
    said = [turn.content for turn in asked.turns if turn.role == "user"]
    return said[-1][:QUERY_CHARACTERS] if said else ""


def turns(asked: Asked, own: bool, passages: Sequence[str], context: int) -> list[Turn]:
    """The prompt, in a context of so many tokens of which at most half is kept for the answer.

    `own`: for an adapter of the person's. A text to go on from keeps its end. Of a long chat the
    oldest turns are left out; one whose last turn alone is too long is a `Refusal`, because cut it
    would get another answer.
    """
    room = BYTES_A_TOKEN * (context - min(asked.sampling.max_tokens, context // 2))
    *earlier, last = asked.turns or _to_continue(asked.text, room)
    orders = [turn for turn in earlier if turn.role == "system"]
    said = [turn for turn in earlier if turn.role != "system"]
    if own and asked.turns and not said and _is_brief(last):
        (last,) = prompts.write_turns(Brief(about=last.content))
    room -= _bytes([*orders, last])
    if room < 0:
        raise _too_long(context)
    voice = prompts.voice_turns(passages)
    if _bytes(voice) > room:
        voice = []
    return [*voice, *orders, *_newest(said, room - _bytes(voice)), last]


def joined(text: str, answer: str) -> str:
    """The beginning of an answer that goes on from `text`, with a space where neither has one."""
    return f" {answer}" if answer[:1].isalnum() and not text[-1:].isspace() else answer


def _is_brief(turn: Turn) -> bool:
    content = turn.content.strip()
    short = "\n" not in content and 0 < len(content.split()) <= BRIEF_WORDS
    return turn.role == "user" and short and not content.startswith(FORMS)


def _to_continue(text: str, room: int) -> list[Turn]:
    """The end of a text, as much as fits into so many bytes with what is said around it."""
    (around,) = prompts.continue_turns("", Brief())
    end = text.encode()[-max(1, room - _bytes([around])) :].decode("utf-8", "ignore")
    return prompts.continue_turns(end, Brief())


def _newest(said: Sequence[Turn], room: int) -> list[Turn]:
    """As many of the latest turns as fit."""
    kept: list[Turn] = []
    for turn in reversed(said):
        room -= _bytes([turn])
        if room < 0:
            break
        kept.append(turn)
    return kept[::-1]


def _bytes(turns: Sequence[Turn]) -> int:
    """Of their content, and a few tokens for the role and the marks of each."""
    return sum(len(turn.content.encode()) + 6 * BYTES_A_TOKEN for turn in turns)


def _too_long(context: int) -> Refusal:
    about = BYTES_A_TOKEN * context // 2
    return Refusal(
        400,
        f"this is more than the base reads at once ({context} tokens with the answer): send less "
        f"than about {about} characters, or ask for fewer tokens with max_tokens",
        "context_length_exceeded",
        "messages",
    )
