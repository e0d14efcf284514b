"""A slider of a few stops on one line, each with its meaning in words."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

Value = TypeVar("Value")


class Slider(Widget, Generic[Value], can_focus=True):
    """Left and right move it, so do clicks. `value` is that of the stop it is at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Less", show=False),
        Binding("right", "move(1)", "More", show=False),
    ]
    at: reactive[int] = reactive(0)

    class Moved(Message):
        """The person moved it."""

    def __init__(
        self, label: str, stops: Sequence[tuple[Value, str]], at: int, id: str | None = None
    ) -> None:
        super().__init__(id=id, classes="slider")
        self.label, self.stops = label, tuple(stops)
        self.set_reactive(Slider.at, at)

    @property
    def value(self) -> Value:
        return self.stops[self.at][0]

    def set_value(self, value: Value) -> None:
        """Move to the stop of this value, if there is one."""
        for number, (each, _) in enumerate(self.stops):
            if each == value:
                self.at = number

    def render(self) -> Content:
        track = "─".join("●" if n == self.at else "·" for n in range(len(self.stops)))
        return Content.assemble(
            (f"{self.label} ", "$text-muted"), track, f" {self.stops[self.at][1]}"
        )

    def action_move(self, by: int) -> None:
        moved = min(len(self.stops) - 1, max(0, self.at + by))
        if moved != self.at:
            self.at = moved
            self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        stop = round((event.x - len(self.label) - 1) / 2)
        if 0 <= stop < len(self.stops):
            self.action_move(stop - self.at)
