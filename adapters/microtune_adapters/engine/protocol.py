"""What the engine's process and its owner say to each other: one JSON object a line.

The owner asks {"id": n, "do": …}; the answer is any number of {"piece": text} and then one of
{"value": …}, {"error": [what, remedy]} or {"bug": traceback}. {"do": "cancel", "id": n} has no
answer. Knows nothing of processes, pipes or models.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microtune.contracts import Generated, Sampling, Score, Turn

Message = dict[str, Any]


def to_line(message: Mapping[str, Any]) -> bytes:
    """One line, ASCII, so that any text survives it."""
    return json.dumps(message).encode("ascii") + b"\n"


def from_line(line: bytes) -> Message:
    """Raises `ValueError` for a line that is no message."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message


def pack_turns(turns: Sequence[Turn]) -> list[list[str]]:
    return [[turn.role, turn.content] for turn in turns]


def unpack_turns(packed: Sequence[Sequence[str]]) -> list[Turn]:
    return [Turn(role, content) for role, content in packed]


def pack_sampling(sampling: Sampling) -> Message:
    return asdict(sampling)


def unpack_sampling(packed: Mapping[str, Any]) -> Sampling:
    return Sampling(**{**packed, "stop": tuple(packed["stop"])})


def pack_value(value: float | Score | Generated) -> Any:
    return value if isinstance(value, float) else asdict(value)


def pack_array(array: NDArray[np.float32]) -> Message:
    content = np.ascontiguousarray(array, "<f4")
    return {"shape": content.shape, "data": base64.b64encode(content.tobytes()).decode("ascii")}


def unpack_array(packed: Mapping[str, Any]) -> NDArray[np.float32]:
    content = np.frombuffer(base64.b64decode(packed["data"]), "<f4")
    return content.reshape(packed["shape"]).astype(np.float32)
