"""A choice between yes and no on one line; its mark can be told without colour."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Toggle(Widget, can_focus=True):
    """Space, Enter or a click turns it over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "turn", "Turn on or off", show=False)
    ]
    DEFAULT_CSS = """
    Toggle { height: auto; }
    Toggle:focus { text-style: bold; background: $panel; }
    """
    on: reactive[bool] = reactive(False)

    class Turned(Message):
        """The person turned it over."""

        def __init__(self, toggle: "Toggle") -> None:
            super().__init__()
            self.toggle = toggle

    def __init__(self, label: str, on: bool, id: str) -> None:
        super().__init__(id=id)
        self._label = label
        self.set_reactive(Toggle.on, on)

    def render(self) -> str:
        return f"\\[{'x' if self.on else ' '}] {self._label}"

    def action_turn(self) -> None:
        self.on = not self.on
        self.post_message(self.Turned(self))

    def on_click(self) -> None:
        self.action_turn()
