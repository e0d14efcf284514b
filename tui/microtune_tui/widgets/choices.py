"""Lists to choose from, whose marks can be told without colour: ● one of several, ✓ any of them."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Choices(OptionList):
    """The highlighted one is chosen."""

    def __init__(self, lines: Iterable[str] = (), at: int = 0, id: str | None = None) -> None:
        self._said = list(lines)
        super().__init__(*(Option(line) for line in self._said), id=id, markup=False)
        self.highlighted = at if self._said else None
        self._mark()

    @property
    def chosen(self) -> int:
        """The number of the chosen one, from 0."""
        return self.highlighted or 0

    def on_option_list_option_highlighted(self) -> None:
        self._mark()

    def _mark(self) -> None:
        for number, line in enumerate(self._said):
            mark = "●" if number == self.highlighted else "○"
            self.replace_option_prompt_at_index(number, f"{mark} {line}")


class Ticks(OptionList):
    """Space ticks the highlighted one, or takes the tick away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", "Tick")]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._said: dict[str, str] = {}
        self._ticked: set[str] = set()

    @property
    def ticked(self) -> list[str]:
        """The values that are ticked, in the order of the list."""
        return [value for value in self._said if value in self._ticked]

    def add(self, value: str, line: str, ticked: bool = False) -> None:
        """At the end, unless it is there; then only the tick changes."""
        self._ticked |= {value} if ticked else set()
        if value in self._said:
            self._mark(value)
        else:
            self._said[value] = line
            self.add_option(Option(self._prompt(value), id=f"v{len(self._said)}"))

    def value_at(self, number: int) -> str:
        return list(self._said)[number]

    def action_tick(self) -> None:
        if self.highlighted is not None:
            value = self.value_at(self.highlighted)
            self._ticked ^= {value}
            self._mark(value)

    def _mark(self, value: str) -> None:
        number = list(self._said).index(value)
        self.replace_option_prompt_at_index(number, self._prompt(value))

    def _prompt(self, value: str) -> str:
        return f"[{'x' if value in self._ticked else ' '}] {self._said[value]}"
