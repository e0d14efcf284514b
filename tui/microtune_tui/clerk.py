"""Reads and writes the home for the assistant's screens, in a thread of its own.

A draft that streams for a minute must not keep the person from looking something up, so this is
not the drafting thread. Knows nothing of what is asked.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_tui.failures import unexpected

if TYPE_CHECKING:
    from microtune_tui.wiring import Wiring

Result = TypeVar("Result")


class Clerk:
    """Does one job after another with one open store."""

    def __init__(self, wiring: "Wiring") -> None:
        self._wiring = wiring
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="clerk")
        self._store: Store | None = None

    async def do(self, job: Callable[[Store], Result]) -> Result:
        """What `job` returns. Raises `MicrotuneError` for whatever goes wrong."""
        return await asyncio.wrap_future(self._thread.submit(self._do, job))

    async def close(self) -> None:
        """Finish what was asked, close the store and end the thread."""
        await asyncio.wrap_future(self._thread.submit(self._release))
        self._thread.shutdown()

    def _do(self, job: Callable[[Store], Result]) -> Result:
        try:
            if self._store is None:
                self._store = self._wiring.store()
            return job(self._store)
        except MicrotuneError:
            raise
        except Exception as error:  # a bug costs one line, not what the person is writing
            raise unexpected(error, self._wiring.home) from error

    def _release(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
