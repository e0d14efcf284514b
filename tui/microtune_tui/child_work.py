"""A command as a child of the assistant: what takes long never stands in the way of keys.

It goes behind what the person does, and leaves with the assistant, its state saved. Knows nothing
of what it does.
"""

import asyncio
from functools import partial

from microtune.daemon.child import Child
from microtune.daemon.jobs import Ended
from microtune.locations import Home

LOOK_S = 0.1
GRACE_S = 3.0  # to save its state when the assistant closes


class ChildWork:
    """A command of `home` under way; `words` are the command's."""

    def __init__(self, home: Home, *words: str) -> None:
        """Start it. Raises `MicrotuneError`."""
        from microtune_tui.resident import command_line  # its sensors are not for the first paint

        self._child = Child(partial(command_line, home, *words, asked=True))

    async def end(self) -> Ended:
        """How it ended, once it has."""
        while (ended := self._child.ended()) is None:
            await asyncio.sleep(LOOK_S)
        return ended

    def leave(self) -> None:
        """Ask it to save its state and leave."""
        self._child.leave()

    async def close(self) -> None:
        """Have it left, by force if it takes long. Harmless when repeated."""
        self.leave()
        try:
            await asyncio.wait_for(self.end(), GRACE_S)
        except TimeoutError:
            self._child.kill()
            await self.end()
