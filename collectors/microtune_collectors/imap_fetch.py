"""Messages of one IMAP folder from the server, in batches that are bounded in memory.

Reads only: folders are opened with EXAMINE and bodies fetched with PEEK, so that no flag changes.
Knows nothing of what is in a message.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from microtune_collectors.message import KEPT

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

LISTED = 400  # messages whose size is asked for at once: keeps command lines under 8,192 octets
BATCH_MESSAGES = 100
BATCH_BYTES = KEPT  # a batch weighs no more than one message may, or is one message

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_RECEIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Listed:
    """A message that is on the server. `flags` in lower case; `received` as in a From_ line."""

    uid: int
    size: int
    flags: frozenset[str]
    received: str

    @property
    def kept(self) -> int:
        """How many of its bytes are fetched."""
        return min(self.size, KEPT)


def examine(mailbox: "BaseMailBox", folder: str) -> int:
    """Open a folder for reading unless it is open; its UIDVALIDITY, 0 where the server has none."""
    if mailbox.folder.get() != folder:
        mailbox.folder.set(folder, readonly=True)
    return number(mailbox, "UIDVALIDITY")


def number(mailbox: "BaseMailBox", name: str) -> int:
    """A number that the server gave when the folder was opened, 0 where it did not."""
    last = (mailbox.client.untagged_responses.get(name) or [b""])[-1]
    return int(last) if isinstance(last, bytes) and last.isdigit() else 0


def uids_after(mailbox: "BaseMailBox", uid: int, since: datetime | None = None) -> list[int]:
    """The UIDs in the open folder above `uid`, ascending; of what came no earlier than `since`."""
    asked = f"UID {uid + 1}:*" + (f" {_since(since)}" if since else "")
    found = (int(text) for text in mailbox.uids(asked, charset=None))
    return sorted(one for one in found if one > uid)  # `n:*` always names the last message


def answered(mailbox: "BaseMailBox", since: datetime) -> list[int]:
    """The UIDs in the open folder of messages that are marked as answered."""
    return sorted(int(uid) for uid in mailbox.uids(f"ANSWERED {_since(since)}", charset=None))


def sizes(mailbox: "BaseMailBox", uids: list[int]) -> list[Listed]:
    """What is known of these messages without their text; those that are gone are missing."""
    _, data = mailbox.client.uid("FETCH", _set(uids), "(UID RFC822.SIZE FLAGS INTERNALDATE)")
    listed = [_listed(line) for line in data if isinstance(line, bytes)]
    wanted = set(uids)
    return sorted((one for one in listed if one and one.uid in wanted), key=lambda one: one.uid)


def batches(listed: Iterable[Listed]) -> Iterator[list[Listed]]:
    """Divide messages so that each batch is bounded in number and bytes."""
    batch: list[Listed] = []
    for one in listed:
        weight = sum(other.kept for other in batch) + one.kept
        if batch and (len(batch) == BATCH_MESSAGES or weight > BATCH_BYTES):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def headers(mailbox: "BaseMailBox", uids: list[int]) -> list[bytes]:
    """Of each message the header with nothing but its Message-ID."""
    asked = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
    _, data = mailbox.client.uid("FETCH", _set(uids), asked)
    return [item[1] for item in data if isinstance(item, tuple)]


def bodies(mailbox: "BaseMailBox", uids: list[int]) -> dict[int, bytes]:
    """The first `KEPT` bytes of each message; one that the server does not give is missing."""
    if not uids:
        return {}
    status, data = mailbox.client.uid("FETCH", _set(uids), f"(UID BODY.PEEK[]<0.{KEPT}>)")
    if status != "OK" and len(uids) > 1:  # one bad message must not cost the others
        alone = [bodies(mailbox, [uid]) for uid in uids]
        return {uid: body for one in alone for uid, body in one.items()}
    found: dict[int, bytes] = {}
    for position, item in enumerate(data):
        if not isinstance(item, tuple):
            continue
        after = data[position + 1] if position + 1 < len(data) else b""
        uid = _UID.search(item[0]) or _UID.search(after if isinstance(after, bytes) else b"")
        if uid:
            found[int(uid[1])] = item[1]
    return found


def _listed(line: bytes) -> Listed | None:
    uid, size = _UID.search(line), _SIZE.search(line)
    if not uid or not size:
        return None
    flags, received = _FLAGS.search(line), _RECEIVED.search(line)
    return Listed(
        uid=int(uid[1]),
        size=int(size[1]),
        flags=frozenset(flags[1].decode("ascii", "replace").lower().split() if flags else ()),
        received=received[1].decode("ascii", "replace").replace("-", " ", 2) if received else "",
    )


def _since(day: datetime) -> str:
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[day.month - 1]  # noqa: SIM905
    return f"SINCE {day.day}-{month}-{day.year}"


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))
