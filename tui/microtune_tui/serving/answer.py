"""One answer on its way from the engine's thread to the event loop that waits for it.

Knows nothing of models or of HTTP.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from microtune.contracts import Generated
from microtune.words import Passage
from microtune_tui.serving.asked import Asked
from microtune_tui.serving.refusals import Refusal, stopping


@dataclass(frozen=True, slots=True)
class Finished:
    """How an answer ended, and what it was made with. `adapter` is "" for the bare base."""

    generated: Generated
    adapter: str
    base: str
    retrieved: tuple[Passage, ...] = ()


class Answer:
    """Made in the event loop; `tell` is called from any thread, pieces are read in the loop."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.unwanted = Event()  # nobody waits for it any more
        self._finished: Finished | None = None
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[str | Finished | Refusal] = asyncio.Queue()

    def tell(self, news: str | Finished | Refusal) -> None:
        """Hand on a piece of text, or how it ended; what comes after an end is not read."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(self._told.put_nowait, news)

    async def pieces(self) -> AsyncIterator[str]:
        """The text as it comes; after it comes `outcome`. Raises `Refusal`."""
        while not isinstance(news := await self._told.get(), Finished):
            if isinstance(news, Refusal):
                raise news
            yield news
        self._finished = news

    def outcome(self) -> Finished:
        """How it ended. Raises `Refusal` where that was before its end."""
        if self._finished is None or self._finished.generated.finish == "cancelled":
            raise stopping()
        return self._finished
