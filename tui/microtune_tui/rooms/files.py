"""Opens and saves the texts of rooms: asks for the path, and says in the room how it went."""

import asyncio
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune_tui.dialogues.line import Line
from microtune_tui.given_texts import text_to_rewrite
from microtune_tui.rooms.room import Room


async def opened(room: Room) -> str | None:
    """The text of a file that the person names; None where there is none."""
    path = await room.app.push_screen_wait(Line("Open", "Which file holds the text?"))
    if path is None:
        return None
    try:
        text = await asyncio.to_thread(text_to_rewrite, path)
    except MicrotuneError as error:
        room.say(str(error), "trouble")
        return None
    room.say(f"Opened {path}.")
    return text


async def saved(room: Room, text: str, last: Path | None) -> Path | None:
    """Where the text was saved; None where it was not. Only the file saved `last` is written
    over."""
    offered = str(last) if last else "text.txt"
    given = await room.app.push_screen_wait(Line("Save", "To which file?", offered))
    if given is None:
        return None
    path = Path(given).expanduser().absolute()
    if path.exists() and path != last:
        room.say(f"{path} exists already. Choose another name.", "trouble")
        return None
    try:
        replace_file(path, text.rstrip() + "\n")
    except OSError as error:
        room.say(f"Cannot write {path} ({error.strerror}).", "trouble")
        return None
    room.say(f"Saved {path}.")
    return path
