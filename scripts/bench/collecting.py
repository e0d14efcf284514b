#!/usr/bin/env python3
"""Collecting from a mailbox of a gigabyte, against Python's `mailbox` alone over the same file.

    python scripts/bench/collecting.py SENT.mbox --gigabytes 1

The mailbox is made by repeating the mails of SENT.mbox with changed Message-IDs, so all copies
but the first are found to be duplicates once their own words are known; the table says what share
that is. Then `microtune collect` runs twice: the second pass finds nothing new.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from homes import choose_base, microtune
from measured import Measured, measure
from repeated_mail import write_repeated
from report import add_docs_option, publish, table

MAILBOX_ALONE = Path(__file__).with_name("mailbox_alone.py")


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-", dir=options.work) as folder:
        result = compared(options, Path(folder))
    publish("collecting", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("mbox", type=Path, metavar="SENT.mbox", help="may be packed: .xz, .gz")
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--me", nargs="+", default=[], metavar="ADDRESS", help="else guessed")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf", help="not used here")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where there is room for it all")
    add_docs_option(parser)
    return parser.parse_args()


def compared(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Write the big mailbox, read it with `mailbox`, then collect it twice."""
    mbox, home = folder / "sent.mbox", folder / "home"
    messages = write_repeated(options.mbox, mbox, int(options.gigabytes * 1e9))
    choose_base(home, options.base)
    me = [word for address in options.me for word in ("--me", address)]
    microtune(home, "sources", "add", str(mbox), *me)
    alone = measure([sys.executable, MAILBOX_ALONE, mbox])
    first, second = microtune(home, "collect"), microtune(home, "collect")
    size, skipped = mbox.stat().st_size, first.json()["skipped"]
    duplicates = sum(count for reason, count in skipped.items() if "duplicate" in reason)
    return {
        "bytes": size,
        "messages": messages,
        "documents": first.json()["total"],
        "skipped": skipped,
        "duplicates": duplicates / messages,
        "mailbox": {**cost(alone, size), **alone.json()},
        "first": cost(first, size),
        "second": {**cost(second, size), "new": second.json()["new"]},
        "second_to_first": second.seconds / first.seconds,
    }


def cost(of: Measured, size: int) -> dict[str, float]:
    """Wall time of the whole process, its start included, and what follows from it."""
    return {
        "seconds": round(of.seconds, 2),
        "mb_per_s": round(size / 1e6 / of.seconds, 2),
        "peak_mb": of.peak_mb,
    }


def markdown(result: dict[str, Any]) -> str:
    names = {
        "mailbox": "Python's `mailbox`, parsing alone",
        "first": "`microtune collect`, first pass",
        "second": "`microtune collect`, second pass",
    }
    rows = [
        [name, *(result[key][figure] for figure in ("seconds", "mb_per_s", "peak_mb"))]
        for key, name in names.items()
    ]
    dropped = ", ".join(f"{count} {reason}" for reason, count in sorted(result["skipped"].items()))
    return (
        f"An mbox of {result['bytes'] / 1e9:.2f} GB with {result['messages']} messages, of which "
        f"{result['duplicates']:.1%} are dropped as duplicates and {result['documents']} documents "
        f"stay (all drops: {dropped}).\n\n"
        + table(["", "seconds", "MB/s", "peak MB"], rows)
        + f"\n\nSecond pass to first: {result['second_to_first']:.4f}."
    )


if __name__ == "__main__":
    main()
