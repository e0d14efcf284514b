"""ChatML: turns to token ids and back. Knows nothing about what the turns say.

Text is tokenised apart from the control tokens, so a "<|im_end|>" that somebody typed stays
text. Source: the chat markup of OpenAI, as Qwen, SmolLM and pocket use it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from microtune.contracts import Turn

START, END, DOCUMENT_END = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True, slots=True)
class ChatCodec:
    """Encodes chats with a base's own tokenizer.

    `encode` maps plain text to ids and must not parse control tokens in it; `start` and `end`
    are the ids of the two control tokens.
    """

    encode: Callable[[str], list[int]]
    start: int
    end: int

    def prompt(self, turns: Sequence[Turn]) -> list[int]:
        """Ids of `turns` and of the opening of the assistant's turn. A last turn that is the
        assistant's own is that opening: the answer goes on where it stops."""
        begun = turns[-1].content if _is_begun(turns) else ""
        ids: list[int] = []
        for turn in turns[:-1] if begun else turns:
            ids += [self.start, *self.encode(f"{turn.role}\n{turn.content}"), self.end]
            ids += self.encode("\n")
        return [
            *ids,
            self.start,
            *self.encode("assistant\n"),
            *(self.encode(begun) if begun else ()),
        ]

    def fitted(self, turns: Sequence[Turn], room: int) -> list[int]:
        """As `prompt`, in at most `room` tokens: a system turn (retrieved passages) goes first,
        then the end of the last turn that is not the answer's beginning. `room` holds at least the
        assistant's opening."""
        ids = self.prompt(turns)
        if len(ids) <= room:
            return ids
        if len(turns) > 1 and turns[0].role == "system":
            return self.fitted(turns[1:], room)
        opening = self.prompt(turns[-1:] if _is_begun(turns) else ())
        closing = [self.end, *self.encode("\n"), *opening]
        kept = room - len(closing)
        return [*ids[:kept], *closing] if kept > 0 else opening

    def answer(self, text: str) -> list[int]:
        """Ids of the assistant's `text`, closed by the end token."""
        return [*self.encode(text), self.end]


def _is_begun(turns: Sequence[Turn]) -> bool:
    """Whether the last turn is the beginning of the answer that is asked for."""
    return bool(turns) and turns[-1].role == "assistant"
