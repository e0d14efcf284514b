"""The first line of every screen: the rooms, and which of them one is in."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from microtune_tui.rooms import ROOMS, RoomOf

WITH_KEYS = 110  # columns that names and keys take


class RoomName(Static):
    """One room's name. That of the room one is in is underlined, so that colour is not all."""

    class Chosen(Message):
        """The person clicked the name."""

        def __init__(self, room: str) -> None:
            super().__init__()
            self.room = room

    def __init__(self, room: RoomOf, here: bool) -> None:
        super().__init__(classes="room -here" if here else "room")
        self.room = room
        self.tooltip = f"{room.what} ({room.key.upper()})"

    def show(self, with_key: bool) -> None:
        key = (f"{self.room.key.upper()} ", "not bold not underline $text-muted")
        self.update(Content.assemble(*([key] if with_key else []), self.room.label))

    def on_click(self) -> None:
        self.post_message(self.Chosen(self.room.name))


class RoomsLine(Horizontal):
    """The names in the order of their keys; the keys stand there too where they have room."""

    def __init__(self, here: str) -> None:
        super().__init__(id="rooms")
        self._here = here

    def compose(self) -> ComposeResult:
        for room in ROOMS:
            yield RoomName(room, room.name == self._here)

    def on_resize(self, event: events.Resize) -> None:
        for name in self.query(RoomName):
            name.show(event.size.width >= WITH_KEYS)
