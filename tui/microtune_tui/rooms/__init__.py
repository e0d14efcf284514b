"""The rooms of the assistant: which there are, their keys, and where their code lies.

A room's code is imported when the person first goes there: the first screen need not wait for it.
"""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from microtune_tui.rooms.room import Room


@dataclass(frozen=True, slots=True)
class RoomOf:
    """What is known of a room before it is entered. `what` says what one does there."""

    name: str
    label: str
    key: str
    what: str

    def enter(self) -> "Room":
        """The room itself, made anew."""
        module = importlib.import_module(f"microtune_tui.rooms.{self.name}")
        room: Room = module.make()
        return room


ROOMS = (
    RoomOf("write", "Write", "f2", "Draft a text from a few words"),
    RoomOf("reply", "Reply", "f3", "Answer a message"),
    RoomOf("rewrite", "Rewrite", "f4", "Say what a text says in your own voice"),
    RoomOf("continue_", "Continue", "f5", "Write, with suggestions of how you would go on"),
    RoomOf("ask", "Ask", "f6", "Find what you once wrote"),
    RoomOf("today", "Today", "f7", "The messages that wait for an answer"),
    RoomOf("training", "Training", "f8", "What was learned, and what comes next"),
    RoomOf("library", "Library", "f9", "Your adapters"),
    RoomOf("sources", "Sources", "f10", "What microtune may read"),
    RoomOf("settings", "Settings", "f12", "Base, training times, looks"),
)
