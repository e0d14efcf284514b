"""The engine's process for commands of the campaign: forked, not executed.

It saves the import of llama.cpp, most of what a run's measuring costs here. The process is as
separate as the product's: its own session, two pipes, no other file of its parent's.
"""

import contextlib
import os
import subprocess
import sys
import time
from typing import Any

POLL_S = 0.005
MOST_FILES = 4096


class ForkedWorker:
    """Stands in for the `subprocess.Popen` that starts `microtune_adapters.engine.worker`."""

    def __init__(self, command: list[str], **_: Any) -> None:
        requests, answers = os.pipe(), os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _serve(command[3:], requests[0], answers[1])
        os.close(requests[0])
        os.close(answers[1])
        self.stdin, self.stdout = os.fdopen(requests[1], "wb"), os.fdopen(answers[0], "rb")

    def wait(self, timeout: float | None = None) -> int:
        """Raises `subprocess.TimeoutExpired`."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            else:
                time.sleep(POLL_S)
        return self.returncode

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, 9)


class ForkedSubprocess:
    """What `microtune_adapters.engine.process` uses of `subprocess`."""

    PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL
    TimeoutExpired = subprocess.TimeoutExpired
    Popen = ForkedWorker


def _serve(arguments: list[str], requests: int, answers: int) -> None:
    """Be the worker's process; never returns."""
    code = 1
    try:
        os.setsid()
        os.dup2(requests, 0)
        os.dup2(answers, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.closerange(3, MOST_FILES)
        sys.argv, sys.stdin = ["worker", *arguments], os.fdopen(0, "r")
        from microtune_adapters.engine import worker

        worker.main()
        code = 0
    finally:
        os._exit(code)
