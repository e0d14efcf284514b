"""Messages as Apple Mail keeps them. Knows nothing of collectors."""

import plistlib
from pathlib import Path

FOLDER = "6D0C8F4E-0000-4000-8000-000000000000/Data/1/Messages"


def emlx(message: bytes, flags: int = 1) -> bytes:
    """An .emlx: the count of bytes, the message, the property list."""
    plist = plistlib.dumps({"flags": flags, "date-received": 957302580, "remote-id": "17"})
    return b"%-10d\n%b%b" % (len(message), message, plist)


def write_emlx(box: Path, name: str, message: bytes, flags: int = 1) -> Path:
    """Put a message into a mailbox (`…/Sent Messages.mbox`) where Apple Mail would."""
    folder = box / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.emlx"
    path.write_bytes(emlx(message, flags))
    return path
