"""`soak_writers.py WORK DATABASE SEED PAUSE`: five writers, each on a thread, until SIGTERM.

Each does things in bursts with rests of about PAUSE seconds between them. What they wrote is in
WORK/manifest.jsonl, how often they did what is printed at the end. Knows no daemon.
"""

import json
import random
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from soak_hand import Hand
from soak_mail import Copies, Mailbox, Maildir, Messages
from soak_manifest import Manifest
from soak_notes import Documents, Notes, Writer

BURST, BURST_OF = 0.25, (3, 12)  # how often, and of how many things
BETWEEN_S = 0.05

ROOTS = ("notes", "documents", "mailbox", "maildir", "messages")


def main(work: Path, database: Path, seed: int, pause_s: float) -> None:
    over, manifest = threading.Event(), Manifest(work / "manifest.jsonl")
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    writers = writers_of(work, manifest, database, seed)
    failures: list[str] = []
    threads = [threading.Thread(target=write, args=(w, over, pause_s, failures)) for w in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    manifest.close()
    done = {writer.hand.root.name: writer.hand.written for writer in writers}
    print(json.dumps({"done": done, "failures": failures}))


def writers_of(work: Path, manifest: Manifest, database: Path, seed: int) -> list[Writer]:
    copies = Copies()
    kinds: list[Callable[[Hand], Writer]] = [
        Notes,
        Documents,
        lambda hand: Mailbox(hand, copies),
        lambda hand: Maildir(hand, copies),
        lambda hand: Messages(hand, copies),
    ]
    return [
        kind(Hand(work / root, manifest, random.Random(f"{seed} {root}"), number, database))
        for number, (root, kind) in enumerate(zip(ROOTS, kinds, strict=True))
    ]


def write(writer: Writer, over: threading.Event, pause_s: float, failures: list[str]) -> None:
    """Bursts and rests; while the source is away nothing is written to it."""
    chance = writer.hand.chance
    while not over.wait(chance.expovariate(1 / pause_s)):
        times = chance.randint(*BURST_OF) if chance.random() < BURST else 1
        for _ in range(times):
            with writer.hand.plugged() as there:
                try:
                    if there:
                        writer.act()
                except Exception as error:  # a broken writer is no verdict on the daemon
                    failures.append(f"{writer.hand.root.name}: {type(error).__name__}: {error}")
            if over.wait(BETWEEN_S):
                return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
