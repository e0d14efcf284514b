"""The fields of a JSON object that somebody sent, each held to its type. Knows nothing of meaning.

A field that is null counts as left out, as OpenAI's interface has it.
"""

import json
from collections.abc import Mapping
from typing import Any

from microtune_tui.serving.refusals import Refusal


def parse_object(body: bytes) -> "Fields":
    """The object that is all of `body`. Raises `Refusal`."""
    try:
        values = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:  # ValueError: broken JSON, UTF-8 or number
        raise Refusal(400, "the body is not valid JSON", "invalid_json") from error
    if not isinstance(values, dict):
        raise Refusal(400, "the body is not a JSON object", "invalid_json")
    return Fields(values)


class Fields:
    """Reads fields by name; what has the wrong type or size is a `Refusal` that names the field."""

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        self._values, self._where = values, where

    def any(self, name: str) -> Any:
        return self._values.get(name)

    def text(self, name: str, default: str = "") -> str:
        return default if self.any(name) is None else as_text(self.any(name), self._where + name)

    def flag(self, name: str) -> bool:
        value = self.any(name)
        if not isinstance(value, bool | None):
            raise wrong(self._where + name, "true or false")
        return bool(value)

    def whole(self, name: str, least: int | None = None) -> int | None:
        """An integer; JSON's 5.0 is none."""
        value = self.any(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong(self._where + name, "an integer")
        if least is not None and value < least:
            raise wrong(self._where + name, f"at least {least}")
        return value

    def number(self, name: str, most: float, default: float) -> float:
        """A number from 0 to `most`."""
        value = default if self.any(name) is None else self.any(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
            raise wrong(self._where + name, f"a number from 0 to {most:g}")
        return float(value)

    def inner(self, name: str) -> "Fields":
        """The object in this field, an empty one where there is none."""
        value = {} if self.any(name) is None else self.any(name)
        return as_fields(value, self._where + name)


def as_fields(value: Any, where: str) -> Fields:
    if not isinstance(value, dict):
        raise wrong(where, "an object")
    return Fields(value, f"{where}.")


def as_list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(where, "a list")
    return value


def as_text(value: Any, where: str) -> str:
    """A text; half a surrogate pair, which JSON can say and UTF-8 cannot, becomes "?"."""
    if not isinstance(value, str):
        raise wrong(where, "a text")
    return value.encode("utf-8", "replace").decode("utf-8")


def wrong(where: str, wanted: str) -> Refusal:
    return Refusal(400, f"{where} must be {wanted}", "invalid_value", where)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
