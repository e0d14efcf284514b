#!/usr/bin/env python3
"""Collecting an archive of 200,000 messages, and one new message once they are stored.

    python scripts/bench/many_messages.py --texts FILE.jsonl.xz ... --docs docs/benchmarks.md

The messages are composed of sentences of the texts, so that nearly all of them are distinct and
survive (`composed_mail.py`). They are collected from one mbox; then a Maildir and notes, a tenth
and a hundredth as many, are added. Then one new message is collected by a plain `collect`, and a
daemon is told by the system of one appended to the mbox, one delivered to the Maildir and one saved
note, again and again. The same is done with 2,000 messages: the cost of one must not grow with the
archive.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psutil
from arrivals import Arrival, arrival
from daemon_idle import daemon, settle
from homes import choose_base, microtune
from many_messages_tables import markdown
from measured import measure
from report import add_docs_option, publish

T = TypeVar("T")

COMPOSED = Path(__file__).with_name("composed_mail.py")


def main() -> None:
    options = parsed()
    result = {}
    for name, size in (("many", options.messages), ("few", options.few)):
        with tempfile.TemporaryDirectory(prefix="microtune-bench-", dir=options.work) as folder:
            result[name] = measured(options, size, Path(folder))
    publish("many_messages", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--texts", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--few", type=int, default=2_000, help="to compare with")
    parser.add_argument("--repeats", type=int, default=5, help="of one new message")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, metavar="DIR", help="where there is room for it all")
    add_docs_option(parser)
    return parser.parse_args()


def measured(options: argparse.Namespace, size: int, work: Path) -> dict[str, Any]:
    """One archive of `size` messages from its making to new messages in it."""
    mail, home = work / "mail", work / "home"
    composed = compose(options, size, mail)
    choose_base(home, "pocket")
    me = [word for address in composed["me"] for word in ("--me", address)]
    microtune(home, "sources", "add", str(mail / "sent.mbox"), *me)
    archive = told(collected(home, (mail / "sent.mbox").stat().st_size))
    microtune(home, "sources", "add", str(mail / "Maildir"), *me)
    microtune(home, "sources", "add", str(mail / "notes"))
    others = told(collected(home, folder_size(mail / "Maildir") + folder_size(mail / "notes")))
    nothing = told(collected(home, 0))
    changes = Changes(mail)
    plain = [told(one_by_collect(home, changes.append)) for _ in range(options.repeats)]
    with daemon(home) as process:
        events = by_event(home, process, changes, options.repeats)
    return {
        "messages": size,
        "files": {"maildir": size // 10, "notes": size // 100},
        "archive": archive,
        "others": others,
        "nothing": nothing,
        "plain": spread(plain),
        "events": {name: summary(arrivals) for name, arrivals in events.items()},
    }


def told(found: T) -> T:
    """Say on standard error what was found: all of it together takes long."""
    print(found, file=sys.stderr, flush=True)
    return found


def compose(options: argparse.Namespace, size: int, folder: Path) -> dict[str, Any]:
    counts = {"messages": size, "maildir": size // 10, "notes": size // 100}
    wanted = {**counts, "later": 2 * options.repeats, "seed": options.seed}
    words = [word for name, value in wanted.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, COMPOSED, folder, *words, "--texts", *options.texts]
    return measure(list(map(str, command))).json()


def collected(home: Path, size: int) -> dict[str, Any]:
    """One pass, and what the home takes on disk after it."""
    cost = microtune(home, "collect")
    said = cost.json()
    database = sum(path.stat().st_size for path in home.glob("microtune.db*"))
    return {
        "bytes": size,
        "seconds": round(cost.seconds, 2),
        "peak_mb": cost.peak_mb,
        "new": said["new"],
        "total": said["total"],
        "skipped": said["skipped"],
        "database_mb": round(database / 1e6, 1),
    }


def folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Changes:
    """Brings the texts that come later, each once, as a mail program or an editor does."""

    def __init__(self, mail: Path) -> None:
        self._mail = mail
        self._numbers = {kind: count() for kind in ("mbox", "eml", "txt")}

    def append(self) -> None:
        with (self._mail / "sent.mbox").open("ab") as mbox:
            mbox.write(self._next("mbox").read_bytes())

    def deliver(self) -> None:
        made = self._next("eml")
        path = self._mail / "Maildir" / "tmp" / f"2000000000.M{made.stem}P2.host"
        path.write_bytes(made.read_bytes())
        path.rename(self._mail / "Maildir" / "cur" / f"{path.name}:2,S")

    def save(self) -> None:
        made = self._next("txt")
        (self._mail / "notes" / f"later-{made.name}").write_bytes(made.read_bytes())

    def _next(self, kind: str) -> Path:
        return self._mail / "later" / f"{next(self._numbers[kind])}.{kind}"


def one_by_collect(home: Path, change: Callable[[], None]) -> float:
    """Seconds of a whole `microtune collect` that finds one new message."""
    change()
    cost = microtune(home, "collect")
    if cost.json()["new"] != 1:
        sys.exit(f"one new message, and collect says {cost.output}")
    return cost.seconds


def by_event(
    home: Path, process: psutil.Process, changes: Changes, repeats: int
) -> dict[str, list[Arrival]]:
    """What came of each kind of change, once the daemon's first pass is over."""
    wait_for_first_pass(process)
    ways = {
        "a message appended to the mbox": changes.append,
        "a message delivered to the Maildir": changes.deliver,
        "a note saved in the folder": changes.save,
    }
    database = home / "microtune.db"
    return {
        name: [told(arrival(database, process, change)) for _ in range(repeats)]
        for name, change in ways.items()
    }


def wait_for_first_pass(process: psutil.Process) -> None:
    while not process.children():
        time.sleep(0.02)
    settle(process)


def summary(arrivals: list[Arrival]) -> dict[str, dict[str, float]]:
    """Each figure over the repeats."""
    rows = [asdict(one) for one in arrivals]
    return {field.name: spread([row[field.name] for row in rows]) for field in fields(Arrival)}


def spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "longest": max(values)}


if __name__ == "__main__":
    main()
