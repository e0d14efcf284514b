"""A program in a pseudo-terminal, and when it wrote what. Knows nothing of the program."""

import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Callable, Sequence
from fcntl import ioctl
from types import TracebackType

import psutil

PATIENCE_S = 120.0
CONTROL = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_P])")
KEPT = 1 << 18  # bytes of output that are searched; more than two screens


class NeverShown(Exception):
    """What was waited for did not appear; the message is what did."""


class Terminal:
    """Runs a command in a terminal of this size. Times are those of `time.perf_counter`."""

    def __init__(self, command: Sequence[str], columns: int = 100, lines: int = 30) -> None:
        self.began = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            for size in ("COLUMNS", "LINES"):  # would win over the terminal's own
                os.environ.pop(size, None)
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(command[0], list(command))
        os.set_blocking(self._file, False)
        self._written, self._unsent = b"", b""
        self._ended = False

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.pid)

    def send(self, keys: str) -> None:
        """Type these; a long text goes out as fast as the program reads."""
        self._unsent += keys.encode()
        self._pump(0)

    def forget(self) -> None:
        """Look no more at what was read so far."""
        self._written = b""

    @property
    def text(self) -> str:
        """What was written since `forget`, without control codes."""
        return CONTROL.sub(b"", self._written).decode("utf-8", "replace")

    def shows(self, *texts: str) -> float:
        """Wait until each of these was written; the moment of the last."""
        return self.until(
            lambda written: all(text in written for text in texts), " and ".join(texts)
        )

    def until(self, reached: Callable[[str], bool], what: str) -> float:
        """Wait until what was written is so; the moment at which it was read."""
        end = time.perf_counter() + PATIENCE_S
        now = time.perf_counter()
        while not reached(self.text):
            if now > end or self._ended:
                raise NeverShown(f"never shown: {what}; instead: {self.text[-1500:]}")
            self._pump(0.05)
            now = time.perf_counter()
        return now

    def rest(self, seconds: float) -> None:
        """Let this time pass, reading on: a program whose terminal is not read stops."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._pump(left)

    def _pump(self, patience_s: float) -> bool:
        """Write what is to be written and read what there is; whether there was anything."""
        files = [self._file]
        readable, writable, _ = select.select(files, files if self._unsent else [], [], patience_s)
        try:
            if writable:
                self._unsent = self._unsent[os.write(self._file, self._unsent[:4096]) :]
            if readable:
                self._written = (self._written + os.read(self._file, 1 << 16))[-KEPT:]
        except OSError:
            self._ended = True  # the program has left
        return bool(readable) and not self._ended

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask the program to quit (Ctrl+Q), and end it if it does not."""
        self.send("\x11")
        end = time.perf_counter() + 20
        while not os.waitpid(self.pid, os.WNOHANG)[0]:
            if time.perf_counter() > end:
                os.kill(self.pid, 9)
            self._pump(0.05)
            if self._ended:
                time.sleep(0.05)
        os.close(self._file)
