"""A big mailbox made of a small one: its messages again and again, each time under other ids."""

import bz2
import gzip
import lzma
import re
from pathlib import Path
from typing import Any

OPENERS: dict[str, Any] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
START = re.compile(rb"(?<=\n\n)(?=From )|(?<=\n\r\n)(?=From )")
MESSAGE_ID = re.compile(rb"^(Message-ID:\s*<)", re.IGNORECASE | re.MULTILINE)
HEAD_END = re.compile(rb"\r?\n\r?\n")


def write_repeated(small: Path, big: Path, size: int) -> int:
    """Write the messages of the mbox `small` to `big` until it has `size` bytes or more.

    Returns how many messages were written. The first copy is unchanged.
    """
    opener = OPENERS.get(small.suffix, open)
    with opener(small, "rb") as file:
        messages = START.split(file.read())
    if not messages[-1].endswith(b"\n\n"):
        messages[-1] += b"\n\n"
    written = count = 0
    with big.open("wb") as out:
        while written < size:
            message = renamed(messages[count % len(messages)], count // len(messages))
            written += out.write(message)
            count += 1
    return count


def renamed(message: bytes, copy: int) -> bytes:
    """The message with the number of its copy in its Message-ID; without an id as it was."""
    if copy == 0:
        return message
    end = HEAD_END.search(message)
    head = len(message) if end is None else end.start()
    mark = f"copy{copy}.".encode()
    return MESSAGE_ID.sub(rb"\g<1>" + mark, message[:head], count=1) + message[head:]
