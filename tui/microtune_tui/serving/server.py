"""The process that serves: a socket on loopback, the door, the application, and a clean end."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import uvicorn

from microtune.errors import MicrotuneError
from microtune_tui import failures
from microtune_tui.serving.app import application
from microtune_tui.serving.bearer import Bearer
from microtune_tui.serving.door import Door
from microtune_tui.serving.voice import Voice
from microtune_tui.signals import STOPPING
from microtune_tui.wiring import Wiring

HERE = "127.0.0.1"  # and nowhere else: there is no option for another interface
PATIENCE_S = 3  # for answers that are told to end


def serve(wiring: Wiring, port: int, bearer: Bearer, up: Callable[[str, Voice], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; `up` is told the address once requests are answered.

    Raises `MicrotuneError` where the port is taken or the base cannot be loaded.
    """
    with closing(_listening(port)) as here, closing(Voice(wiring)) as voice:
        voice.open()
        app = application(voice, lambda error: failures.unexpected(error, wiring.home))
        server = _Server(_configuration(Door(app, bearer)), voice)
        url = f"http://{HERE}:{here.getsockname()[1]}/v1"
        asyncio.run(server.run_on(here, lambda: up(url, voice)))


def _listening(port: int) -> socket.socket:
    """Bound, not yet heard; port 0 is any that is free.

    asyncio sends small pieces at once only on a socket whose protocol is named: without, Nagle's
    algorithm holds each second one back until the reader acknowledges the first, after 40 ms.
    """
    here = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # a port that was just left may be taken again
            here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        here.bind((HERE, port))
    except OSError as error:
        here.close()
        why = "another program has it" if error.errno == errno.EADDRINUSE else error.strerror
        raise MicrotuneError(
            f"cannot serve on port {port} ({why})",
            "Choose another with --port; 0 is any that is free.",
        ) from error
    return here


def _configuration(app: Door) -> uvicorn.Config:
    """Nothing is logged: what others ask is not ours to write down."""
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level=logging.CRITICAL + 1,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE_S,
    )


class _Server(uvicorn.Server):
    """uvicorn's server, which ends without a word, and with the answers that it was giving."""

    def __init__(self, config: uvicorn.Config, voice: Voice) -> None:
        super().__init__(config)
        self._voice = voice
        self._up: Callable[[], None] = lambda: None

    async def run_on(self, here: socket.socket, up: Callable[[], None]) -> None:
        self._up = up
        await self.serve(sockets=[here])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's own would raise the signal again at the end, and exit as if killed by it."""
        loop = asyncio.get_running_loop()
        for kind in STOPPING:
            loop.add_signal_handler(kind, self._leave)
        try:
            yield
        finally:
            for kind in STOPPING:
                loop.remove_signal_handler(kind)

    def _leave(self) -> None:
        self.force_exit = self.should_exit  # asked twice
        self.should_exit = True
        self._voice.stop()
