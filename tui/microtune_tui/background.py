"""`python -m microtune_tui.background FD [--asked] COMMAND…`: a command as somebody's child.

It runs at the lowest priority, and leaves when its parent, the daemon or the assistant, is gone: FD
is the reading end of a pipe that only the parent holds open. `--asked`: its owner waits for it, so
it goes behind what they do themselves, and not behind all that the machine does. Knows nothing of
what the command does.
"""

import os
import signal
import sys
import threading
import time

from microtune.daemon.priority import be_last
from microtune_tui import cli

GRACE_S = 20.0  # to save its state once the parent is gone
ASKED, BEHIND = "--asked", 10


def main() -> None:
    lifeline = int(sys.argv[1])
    asked = sys.argv[2] == ASKED
    if asked:
        os.nice(BEHIND)
    else:
        be_last()
    threading.Thread(target=_leave_with, args=(lifeline,), name="lifeline", daemon=True).start()
    sys.argv = ["microtune", *sys.argv[2 + asked :]]
    cli.main()


def _leave_with(lifeline: int) -> None:
    """Wait for the parent's end; then ask this process to leave, then make it."""
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
