"""Which adapter is active and which ones were before it, as a value with a JSON form.

Knows ids only: nothing of files, cards or whether an id still exists.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Pointer:
    """The `active` id ("": the bare base serves), what rollback goes back through (`history`, the
    latest last), and every id that was active once (`retired`)."""

    active: str = ""
    history: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()

    def turn_to(self, id: str) -> "Pointer":
        """Make `id` active; the one before it goes into the history."""
        if id == self.active:
            return self
        before = tuple(other for other in self.history if other != id)
        return Pointer(id, (*before, self.active) if self.active else before, self._once_active())

    def turn_back(self, fits: Callable[[str], bool] = lambda id: True) -> "Pointer":
        """The one before that `fits` is active again; before the first there was the bare base."""
        history = self.history
        while history and not fits(history[-1]):
            history = history[:-1]
        return Pointer("".join(history[-1:]), history[:-1], self._once_active())

    def without(self, id: str, fits: Callable[[str], bool] = lambda id: True) -> "Pointer":
        """It is neither active nor gone back to: if it was active, the one before it is that
        `fits`."""
        rest = replace(self, history=tuple(other for other in self.history if other != id))
        return rest.turn_back(fits) if self.active == id else rest

    def only(self, known: Callable[[str], bool]) -> "Pointer":
        """Without the ids that are not `known`."""
        return Pointer(
            self.active if known(self.active) else "",
            tuple(filter(known, self.history)),
            tuple(filter(known, self.retired)),
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Pointer":
        """Raises `ValueError` when `text` is no pointer."""
        content = json.loads(text)
        try:
            parts = content["active"], content["history"], content["retired"]
        except (KeyError, TypeError) as error:
            raise ValueError("not a pointer") from error
        active, *lists = parts
        if not all(isinstance(part, list) for part in lists):
            raise ValueError("not a pointer")
        if not all(isinstance(id, str) for id in (active, *lists[0], *lists[1])):
            raise ValueError("not a pointer")
        return cls(active, tuple(lists[0]), tuple(lists[1]))

    def _once_active(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.retired, *filter(None, [self.active]))))
