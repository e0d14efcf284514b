"""The assistant as people run it: a process in a terminal, whose screen is read back."""

import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from types import TracebackType

PATIENCE_S = 240.0
PROGRAM = "import sys; from microtune_tui.cli import main; sys.argv[0] = 'microtune'; main()"
_CONTROL = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_P])")


class Terminal:
    """A pseudo-terminal of 100 columns. What was written to it is kept without control codes."""

    def __init__(self, home: Path, columns: int = 100, lines: int = 30) -> None:
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            for size in ("COLUMNS", "LINES"):  # would win over the terminal's own
                os.environ.pop(size, None)
            os.environ.update(TERM="xterm-256color", PYTHONPATH=os.pathsep.join(sys.path))
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM, "--home", str(home)])
        ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._written = b""
        self._code: int | None = None

    def types(self, keys: str) -> None:
        os.write(self._file, keys.encode())

    def shows(self, text: str) -> None:
        """Wait until this was written."""
        self.until(lambda: text in self.text)

    @property
    def text(self) -> str:
        return _CONTROL.sub(b"", self._written).decode("utf-8", "replace")

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not reached():
            assert time.monotonic() < end, self.text[-3000:]
            self._read(0.05)

    def ended(self) -> int:
        """The exit code, once it has ended."""
        end = time.monotonic() + PATIENCE_S
        while self._code is None:
            assert time.monotonic() < end, self.text[-3000:]
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def _read(self, patience_s: float) -> None:
        if select.select([self._file], [], [], patience_s)[0]:
            try:
                self._written += os.read(self._file, 1 << 16)
            except OSError:  # its end
                time.sleep(patience_s)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._code is None:
            os.kill(self.pid, 9)
            self.ended()
        os.close(self._file)
