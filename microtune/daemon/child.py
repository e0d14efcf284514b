"""A job as a child process in a session of its own, whose end the daemon's end brings about.

The child holds the reading end of a pipe of which only this process has the writing end: when the
daemon is gone, however it went, the child reads the end and leaves (`microtune_tui.background`).
Knows nothing of what the child does.
"""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from microtune.daemon.jobs import Ended
from microtune.errors import MicrotuneError

LONGEST_COMPLAINT = 4000  # bytes of standard error that are looked at


class Child:
    """See `microtune.daemon.jobs.Job`."""

    def __init__(self, command: Callable[[int], Sequence[str]], given: str = "") -> None:
        """Start `command(lifeline)`; `given` is its standard input. Raises `MicrotuneError`."""
        self._files = contextlib.ExitStack()
        try:
            self._process = self._started(command, given)
        except OSError as error:
            self._files.close()
            raise MicrotuneError(
                f"cannot start a process ({error.strerror or error})",
                "Free memory or disk space; it is tried again later.",
            ) from error
        self.pid = self._process.pid
        self._ended: Ended | None = None

    def _started(
        self, command: Callable[[int], Sequence[str]], given: str
    ) -> subprocess.Popen[bytes]:
        self._out, self._errors = (
            self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
            for _ in range(2)
        )
        reading, lifeline = os.pipe()
        self._files.callback(os.close, lifeline)
        try:
            with tempfile.TemporaryFile() as standard_input:
                standard_input.write(given.encode())
                standard_input.seek(0)
                return subprocess.Popen(
                    command(reading),
                    stdin=standard_input,
                    stdout=self._out,
                    stderr=self._errors,
                    pass_fds=(reading,),
                    start_new_session=True,
                )
        finally:
            os.close(reading)

    def ended(self) -> Ended | None:
        """See `Job.ended`."""
        if self._ended is None and self._process.poll() is not None:
            self._kill_group()  # what it started and left behind
            self._ended = Ended(self._process.returncode, self._facts(), self._complaint())
            self._files.close()
        return self._ended

    def leave(self) -> None:
        """See `Job.leave`."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """See `Job.kill`."""
        self._kill_group()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _facts(self) -> dict[str, Any]:
        """The object on the last line of standard output; empty where there is none."""
        self._out.seek(0)
        lines = self._out.read().splitlines()
        try:
            found = json.loads(lines[-1])
        except (IndexError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _complaint(self) -> str:
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - LONGEST_COMPLAINT))
        lines = self._errors.read().decode("utf-8", "replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return last.strip().removeprefix("microtune: ")
