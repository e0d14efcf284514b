"""`python -m microtune_tui.background FD COMMAND…`: a command as the daemon's child.

It runs at the lowest priority, and leaves when the daemon is gone: FD is the reading end of a
pipe that only the daemon holds open. Knows nothing of what the command does.
"""

import os
import signal
import sys
import threading
import time

from microtune.daemon.priority import be_last
from microtune_tui import cli

GRACE_S = 20.0  # to save its state once the daemon is gone


def main() -> None:
    lifeline = int(sys.argv[1])
    be_last()
    threading.Thread(target=_leave_with, args=(lifeline,), name="lifeline", daemon=True).start()
    sys.argv = ["microtune", *sys.argv[2:]]
    cli.main()


def _leave_with(lifeline: int) -> None:
    """Wait for the daemon's end; then ask this process to leave, then make it."""
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
