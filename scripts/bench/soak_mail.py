"""Three writers of mail: one mailbox that grows, a Maildir, and a folder of single messages.

A quarter is mail that others sent, some quote it, and some messages lie in two places, as sent mail
does that was copied.
"""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from soak_hand import Hand, Text

ME, OTHERS = "ann@example.org", ("ben@example.com", "cleo@example.net", "dora@example.com")
FLAGS_AFTER = 3  # messages that stay in new/ before one is moved to cur/
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


@dataclass(slots=True)
class Message:
    text: Text
    data: bytes
    mine: bool


@dataclass(slots=True)
class Copies:
    """The latest messages of all writers, for copying from one to another."""

    latest: list[Message] = field(default_factory=list)

    def add(self, message: Message) -> None:
        self.latest = [*self.latest[-30:], message]


class Correspondence:
    """What the three have in common: messages, and what is noted of them."""

    def __init__(self, hand: Hand, copies: Copies) -> None:
        self.hand, self._chance, self._copies = hand, hand.chance, copies
        hand.root.mkdir(exist_ok=True)

    def act(self) -> None:
        acts, weights = zip(*self._acts().items(), strict=True)
        self._chance.choices(acts, weights)[0]()

    def _acts(self) -> dict[Callable[[], None], float]:
        raise NotImplementedError

    def _note(self, message: Message) -> None:
        """To be called when it has been written."""
        self.hand.note(message.text, "live" if message.mine else "foreign", self.hand.root.name)
        if message.mine:
            self._copies.add(message)
        self.hand.did("written" if message.mine else "written, of others")

    def _copied(self) -> Message | None:
        return self._chance.choice(self._copies.latest) if self._copies.latest else None

    def _message(self) -> Message:
        chance, text = self._chance, self.hand.new()
        mine = chance.random() < 0.75
        sender, receiver = (ME, chance.choice(OTHERS)) if mine else (chance.choice(OTHERS), ME)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-ID"] = sender, receiver, make_msgid("soak")
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Subject"] = f"About {text.name}" if mine else "News from us"
        body = str(text)
        if mine and chance.random() < 0.4:
            body += f"\nOn Monday, Ben <{OTHERS[0]}> wrote:\n{self._quoted()}"
        mail.set_content(body, cte="8bit")
        return Message(text, mail.as_bytes(), mine)

    def _quoted(self) -> str:
        other = self.hand.new()
        self.hand.note(other, "foreign", self.hand.root.name)
        return "".join(f"> {line}\n" for line in str(other).splitlines())


class Mailbox(Correspondence):
    """An mbox: appended to in one go or two, and compacted now and then."""

    def __init__(self, hand: Hand, copies: Copies) -> None:
        super().__init__(hand, copies)
        self.path = hand.root / "sent.mbox"
        self._messages: list[Message] = []

    def _acts(self) -> dict[Callable[[], None], float]:
        return {self._append: 75, self._append_in_two: 15, self._copy: 8, self._compact: 2}

    def _append(self) -> None:
        self._add(self._message())

    def _append_in_two(self) -> None:
        self._add(self._message(), self._chance.uniform(0.2, 3.0))

    def _copy(self) -> None:
        if message := self._copied():
            self._add(message, copied=True)

    def _add(self, message: Message, pause_s: float = 0.0, copied: bool = False) -> None:
        data = stored(message)
        middle = self._chance.randrange(1, len(data)) if pause_s else len(data)
        with self.path.open("ab") as file:
            file.write(data[:middle])
            file.flush()
            time.sleep(pause_s)
            file.write(data[middle:])
        self._messages.append(message)
        self.hand.did("copied") if copied else self._note(message)

    def _compact(self) -> None:
        """Leave out a few that are collected, as programs do with what was deleted."""
        some = self._chance.sample(self._messages, min(3, len(self._messages)))
        gone = [m for m in some if not m.mine or self.hand.is_kept(m.text)]
        self._messages = [m for m in self._messages if not any(m is g for g in gone)]
        beside = self.path.with_suffix(".tmp")
        beside.write_bytes(b"".join(map(stored, self._messages)))
        os.replace(beside, self.path)
        self.hand.did("compacted")


class Maildir(Correspondence):
    """A Maildir: written to tmp/, moved to new/, later to cur/; flagged as deleted, and deleted."""

    def __init__(self, hand: Hand, copies: Copies) -> None:
        super().__init__(hand, copies)
        for name in ("cur", "new", "tmp"):
            (hand.root / name).mkdir(exist_ok=True)
        self._new: list[tuple[Path, Message]] = []
        self._seen: list[tuple[Path, Message]] = []
        self._count = 0

    def _acts(self) -> dict[Callable[[], None], float]:
        return {self._deliver: 70, self._copy: 8, self._see: 16, self._delete: 6}

    def _deliver(self) -> None:
        message = self._message()
        self._put(message)
        self._note(message)

    def _copy(self) -> None:
        if message := self._copied():
            self._put(message)
            self.hand.did("copied")

    def _put(self, message: Message) -> None:
        self._count += 1
        name = f"{time.time():.6f}.{self._count}.soak"
        beside = self.hand.root / "tmp" / name
        beside.write_bytes(message.data)
        self._new.append((beside.rename(self.hand.root / "new" / name), message))

    def _see(self) -> None:
        while len(self._new) > FLAGS_AFTER:
            path, message = self._new.pop(0)
            seen = path.rename(self.hand.root / "cur" / f"{path.name}:2,S")
            self._seen.append((seen, message))
            self.hand.did("moved to cur/")

    def _delete(self) -> None:
        if not self._seen:
            return
        path, message = self._seen[0]
        if not message.mine or self.hand.is_kept(message.text):
            self._seen.pop(0)
            path.rename(f"{path}T").unlink()
            self.hand.did("deleted")


class Messages(Correspondence):
    """A folder of .eml files: written in one go or two, renamed, deleted."""

    def __init__(self, hand: Hand, copies: Copies) -> None:
        super().__init__(hand, copies)
        self._files: list[tuple[Path, Message]] = []
        self._count = 0

    def _acts(self) -> dict[Callable[[], None], float]:
        write = {self._write: 60, self._write_in_two: 14, self._copy: 10}
        return {**write, self._rename: 10, self._delete: 6}

    def _write(self) -> None:
        self._save(self._message())

    def _write_in_two(self) -> None:
        self._save(self._message(), self._chance.uniform(0.2, 3.0))

    def _copy(self) -> None:
        if message := self._copied():
            self._save(message, copied=True)

    def _save(self, message: Message, pause_s: float = 0.0, copied: bool = False) -> None:
        path = self._path()
        middle = len(message.data) // 2
        with path.open("wb") as file:
            file.write(message.data[:middle])
            file.flush()
            time.sleep(pause_s)
            file.write(message.data[middle:])
        self._files.append((path, message))
        self.hand.did("copied") if copied else self._note(message)

    def _rename(self) -> None:
        if self._files:
            at = self._chance.randrange(len(self._files))
            path, message = self._files[at]
            self._files[at] = (path.rename(self._path()), message)
            self.hand.did("renamed")

    def _delete(self) -> None:
        if self._files:
            path, message = self._chance.choice(self._files)
            if not message.mine or self.hand.is_kept(message.text):
                path.unlink()
                self._files = [kept for kept in self._files if kept[0] != path]
                self.hand.did("deleted")

    def _path(self) -> Path:
        self._count += 1
        return self.hand.root / f"message {self._count}.eml"


def stored(message: Message) -> bytes:
    """As it stands in an mbox."""
    return b"From ann@example.org Mon Jan  1 10:00:00 2001\n%b\n" % _FROM.sub(rb">\1", message.data)
