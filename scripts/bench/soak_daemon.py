"""The daemon of a home, as `microtune daemon run` has it but for the clock that it goes by.

`soak_daemon.py HOME SPEED KEPT`: the clock runs SPEED times faster and is kept in the file KEPT.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from soak_clock import CompressedClock, CompressedWatch

from microtune.contracts import Watch
from microtune.daemon.lock import only_daemon
from microtune.daemon.loop import Daemon
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.words import Source
from microtune_tui.resident import collaborators, steered_by_signals
from microtune_tui.wiring import Wiring


def main(home: Home, speed: float, kept: Path) -> None:
    clock = CompressedClock(speed, kept)
    parts = collaborators(Wiring(home, tell), tell)

    def watch(sources: Sequence[Source]) -> Watch:
        return CompressedWatch(parts.watch(sources), clock)

    daemon = Daemon(home, replace(parts, clock=clock, watch=watch))
    with steered_by_signals(daemon), only_daemon(home):
        daemon.run()
    tell("stopped")


def tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(Home.find(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
    except MicrotuneError as error:
        sys.exit(f"microtune: {error}")
