"""The forms of OpenAI's answers: whole, or in pieces as server-sent events. Knows no HTTP library.

Beside OpenAI's fields each answer has one of its own, `microtune`: which adapter wrote it, on which
base, with which seed, and which of the person's passages it was shown, by document and position.
"""

import json
import secrets
import time
from typing import Any

from microtune_tui.serving.answer import Finished
from microtune_tui.serving.asked import Asked
from microtune_tui.serving.refusals import Refusal

DONE = "data: [DONE]\n\n"


class Shape:
    """The form of one answer: of a chat, or of a text that was gone on from."""

    def __init__(self, asked: Asked) -> None:
        self._asked, self._chat = asked, bool(asked.turns)
        prefix = "chatcmpl" if self._chat else "cmpl"
        self._head = {"id": f"{prefix}-{secrets.token_hex(12)}", "created": int(time.time())}

    def whole(self, text: str, finished: Finished) -> dict[str, Any]:
        """The answer in one object."""
        if self._chat:
            said: dict[str, Any] = {"message": {"role": "assistant", "content": text}}
        else:
            said = {"text": self._asked.text + text if self._asked.echo else text}
        return self._object(said, finished.generated.finish) | self._end(finished, usage=True)

    def first(self) -> str:
        """The event before the first piece: who speaks, or the text that is gone on from."""
        if self._chat:
            return event(self._piece({"role": "assistant", "content": ""}))
        return event(self._piece(self._asked.text)) if self._asked.echo else ""

    def piece(self, text: str) -> str:
        return event(self._piece({"content": text} if self._chat else text))

    def last(self, finished: Finished) -> str:
        """The events at the end: why it ended, the counts if they were asked for, the mark."""
        end = self._piece({} if self._chat else "", finished.generated.finish)
        events = event(end | self._end(finished, usage=False))
        if self._asked.usage:
            counts = self._piece({}) | {"choices": []} | {"usage": _usage(finished)}
            events += event(counts)
        return events + DONE

    def _piece(self, said: Any, finish: str | None = None) -> dict[str, Any]:
        return self._object({"delta": said} if self._chat else {"text": said}, finish, piece=True)

    def _object(
        self, said: dict[str, Any], finish: str | None, piece: bool = False
    ) -> dict[str, Any]:
        kind = "chat.completion" if self._chat else "text_completion"
        choice = {"index": 0, **said, "logprobs": None, "finish_reason": finish}
        return {
            **self._head,
            "object": f"{kind}.chunk" if piece and self._chat else kind,
            "model": self._asked.model,
            "choices": [choice],
        }

    def _end(self, finished: Finished, usage: bool) -> dict[str, Any]:
        made = {
            "adapter": finished.adapter,
            "base": finished.base,
            "seed": self._asked.sampling.seed,
            "retrieved": [
                {"document": p.document, "position": p.position} for p in finished.retrieved
            ],
        }
        return {"microtune": made, **({"usage": _usage(finished)} if usage else {})}


def failed(refusal: Refusal) -> str:
    """What ends a stream that cannot go on, as OpenAI's clients expect it."""
    return event(refusal.body())


def event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content)}\n\n"


def _usage(finished: Finished) -> dict[str, int]:
    read, written = finished.generated.prompt_tokens, finished.generated.tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
