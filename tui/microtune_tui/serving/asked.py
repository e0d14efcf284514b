"""What a program asks for: OpenAI's requests for chat and completions as one frozen value.

Fields that microtune does not know are ignored, as OpenAI's clients expect. Those that it knows and
cannot honour are refused, because their answer would be taken for something that it is not.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from microtune.contracts import Sampling, Turn
from microtune_adapters.drafting import most_tokens
from microtune_adapters.prompts import LENGTHS
from microtune_tui.serving.fields import Fields, as_fields, as_list, as_text, wrong
from microtune_tui.serving.refusals import Refusal

MOST_TOKENS = most_tokens(LENGTHS[-1])  # where a request names no limit: that of the longest draft
MOST_STOPS, LONGEST_STOP = 16, 200
OWN = Sampling()
ROLES = {
    "system": "system",
    "developer": "system",  # its newer name
    "user": "user",
    "assistant": "assistant",
}
HONOURED: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "best_of": (1,),
    "logprobs": (False,),
    "suffix": ("",),
    "response_format": ({"type": "text"},),
    "tool_choice": ("none", "auto"),
}
"""Field → the only values, beside null, with which it can be honoured."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A chat (`turns`), or a text to go on from (`text`, no turns). `usage`: counts in a stream."""

    model: str
    sampling: Sampling
    turns: tuple[Turn, ...] = ()
    text: str = ""
    echo: bool = False
    stream: bool = False
    usage: bool = False


def chat(fields: Fields) -> Asked:
    """A request for chat. Raises `Refusal`."""
    _check_honoured(fields)
    messages = as_list(fields.any("messages"), "messages")
    if not messages:
        raise wrong("messages", "a list of at least one message")
    turns = tuple(_turn(message, f"messages[{i}]") for i, message in enumerate(messages))
    limit = fields.whole("max_completion_tokens", 1) or fields.whole("max_tokens", 1)
    return Asked(
        model=_model(fields),
        sampling=_sampling(fields, limit),
        turns=turns,
        stream=fields.flag("stream"),
        usage=_counted(fields),
    )


def completion(fields: Fields) -> Asked:
    """A request to go on from a text. Raises `Refusal`."""
    _check_honoured(fields)
    prompt = fields.any("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str) or not prompt.strip():
        raise wrong("prompt", "one text that is not blank")
    return Asked(
        model=_model(fields),
        sampling=_sampling(fields, fields.whole("max_tokens", 1)),
        text=as_text(prompt, "prompt"),
        echo=fields.flag("echo"),
        stream=fields.flag("stream"),
        usage=_counted(fields),
    )


def _check_honoured(fields: Fields) -> None:
    for name, values in HONOURED.items():
        value = fields.any(name)
        # by type too: to Python true is 1
        if value is not None and not any(type(value) is type(v) and value == v for v in values):
            raise Refusal(
                400, f"microtune does not offer this value of {name}", "not_offered", name
            )


def _model(fields: Fields) -> str:
    model = fields.text("model")
    if not model:
        raise Refusal(400, "the request names no model", "missing_model", "model")
    return model


def _counted(fields: Fields) -> bool:
    return fields.inner("stream_options").flag("include_usage")


def _sampling(fields: Fields, limit: int | None) -> Sampling:
    """microtune's own values where the request has none; a seed of chance, as with OpenAI."""
    seed = fields.whole("seed")
    return Sampling(
        seed=secrets.randbelow(1 << 31) if seed is None else seed & 0xFFFFFFFF,
        max_tokens=min(limit or MOST_TOKENS, 1 << 20),
        temperature=fields.number("temperature", 2, OWN.temperature),
        top_p=fields.number("top_p", 1, OWN.top_p),
        stop=_stops(fields.any("stop")),
    )


def _stops(value: Any) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else as_list([] if value is None else value, "stop")
    stops = tuple(as_text(stop, "stop") for stop in given)
    if len(stops) > MOST_STOPS or any(len(stop) > LONGEST_STOP for stop in stops):
        raise wrong("stop", f"at most {MOST_STOPS} texts of at most {LONGEST_STOP} characters")
    return tuple(stop for stop in stops if stop)


def _turn(message: Any, where: str) -> Turn:
    fields = as_fields(message, where)
    role = fields.text("role")
    if role not in ROLES:
        raise wrong(f"{where}.role", f"one of {', '.join(ROLES)}")
    return Turn(ROLES[role], _content(fields.any("content"), f"{where}.content"))


def _content(value: Any, where: str) -> str:
    """A text, or text in parts; an assistant's turn may have none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return as_text(value, where)
    if not isinstance(value, list):
        raise wrong(where, "a text, or a list of parts")
    parts = [as_fields(part, f"{where}[{i}]") for i, part in enumerate(value)]
    if any(part.any("type") != "text" for part in parts):
        raise wrong(where, "text: microtune reads nothing else")
    return "\n".join(part.text("text") for part in parts)
