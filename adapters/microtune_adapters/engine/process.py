"""One worker process with its two pipes: started, asked, and seen off without leaving a trace.

Knows the protocol's envelope (value, error, bug), not what is asked.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any, cast

from microtune.errors import MicrotuneError
from microtune_adapters.engine import protocol

PATIENCE_S = 5.0  # how long a process that was told to end may take
MODULE = "microtune_adapters.engine.worker"


class WorkerProcess:
    """A worker that loads its base at once; its first answer says that it has.

    One thread asks at a time; `send_unless_dead` and `end` may come from another.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        places = os.pathsep.join(os.path.abspath(place) for place in sys.path if place)
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what C code prints would tear the screen
            env={**os.environ, "PYTHONPATH": places},
            # Ctrl-C is its owner's business. A session of its own would be an autogroup of its own
            # on Linux, as heavy as any, where only its owner's was made to yield.
            process_group=0,
        )
        self._requests = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)
        self._writing = threading.Lock()
        self.dead = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: protocol.Message) -> None:
        """Raises `MicrotuneError` if the process is gone."""
        if not self.send_unless_dead(message):
            raise self._death()

    def send_unless_dead(self, message: protocol.Message) -> bool:
        """Whether the message could be handed over."""
        with self._writing:
            try:
                self._requests.write(protocol.to_line(message))
                self._requests.flush()
            except (OSError, ValueError):  # ValueError: closed by `end`
                return False
        return True

    def receive(self) -> protocol.Message:
        """The next message. Raises `MicrotuneError` if the process is gone."""
        try:
            line = self._answers.readline()
        except BaseException:  # Ctrl-C: the answer on its way would be taken for the next one's
            self.end()
            self.release()
            raise
        if not line.endswith(b"\n"):
            raise self._death()
        return protocol.from_line(line)

    def value(self) -> Any:
        """The answer to the last request. Raises the `MicrotuneError` that the engine raised."""
        return opened(self.receive())

    def end(self) -> None:
        """Close its input, which ends it, and wait; kill it if that does not help."""
        with self._writing, contextlib.suppress(OSError):  # gone before its last line was flushed
            self._requests.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.dead = True

    def release(self) -> None:
        """Close its output, once no one reads from it any more."""
        self._answers.close()

    def _death(self) -> MicrotuneError:
        self.end()
        self.release()
        code = self._process.returncode
        how = f"signal {-code}, {signal.strsignal(-code)}" if code < 0 else f"exit code {code}"
        return MicrotuneError(
            f"the engine stopped ({how})",
            "Try again: it is started anew. If it stops again, run `microtune doctor`.",
        )


def opened(message: protocol.Message) -> Any:
    """What a final message holds. Raises what it says went wrong."""
    if "error" in message:
        raise MicrotuneError(*message["error"])
    if "bug" in message:
        raise RuntimeError(f"in the engine's process: {message['bug']}")
    return message["value"]
