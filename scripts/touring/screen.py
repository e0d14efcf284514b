"""A program in tmux: keys go in, screens come out, both are told. Knows nothing of microtune."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

PATIENCE_S = 120.0
MISSING = "the tour needs tmux, and there is none. Install it: apt-get install tmux"


class Screen:
    """One program in a terminal of this size; `tell` gets a line for each thing done."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        size: tuple[int, int],
        tell: Callable[[str], object],
    ) -> None:
        if not shutil.which("tmux"):
            sys.exit(MISSING)
        self._tell = tell
        self._server = ["tmux", "-L", f"microtune-tour-{os.getpid()}", "-f", os.devnull]
        settings = (f"{name}={value}" for name, value in environment.items())
        columns, lines = map(str, size)
        self._tmux(
            "start-server",
            ";",
            "set",
            "-g",
            "default-terminal",
            "tmux-256color",
            ";",
            "set",
            "-g",
            "escape-time",
            "20",
            ";",
            "new-session",
            "-d",
            "-x",
            columns,
            "-y",
            lines,
            "env",
            "COLORTERM=truecolor",
            *settings,
            *command,
        )

    def presses(self, *keys: str) -> None:
        """Press keys by tmux's names for them, such as Enter, C-t, F6."""
        self._tell(f"keys: {' '.join(keys)}")
        for key in keys:
            self._tmux("send-keys", key)
            time.sleep(1 if key == "Escape" else 0.15)  # a key behind Esc would be Alt with it

    def types(self, text: str) -> None:
        """Type a text, letter by letter as a person's terminal would send it."""
        self._tell(f"types: {text}")
        self._tmux("send-keys", "-l", text)
        time.sleep(0.5)

    def pastes(self, text: str) -> None:
        self._tell(f"pastes: {text}")
        self._tmux("set-buffer", text)
        self._tmux("paste-buffer", "-p")
        time.sleep(0.5)

    def shows(self, text: str, *, settle_s: float = 1.0) -> None:
        """Wait until this stands on the screen, and a little for what follows it."""
        end = time.monotonic() + PATIENCE_S
        while text not in self.text():
            if time.monotonic() > end:
                sys.exit(f"never shown: {text}\n{self.text()}")
            time.sleep(0.1)
        time.sleep(settle_s)

    def text(self) -> str:
        """What stands on the screen now."""
        return self._tmux("capture-pane", "-p")

    def ansi(self) -> str:
        """The same with its colours, as escape sequences."""
        return self._tmux("capture-pane", "-p", "-e", "-N")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run([*self._server, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"tmux {words[0]}: {done.stderr.strip()}")
        return done.stdout

    def __enter__(self) -> "Screen":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        subprocess.run([*self._server, "kill-server"], capture_output=True, check=False)
