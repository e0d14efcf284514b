"""WhatsApp chats as the app exports them: "WhatsApp Chat with Ben.txt", or a .zip with `_chat.txt`.

One file, one .zip, or a folder of such files. Knows nothing of the layouts of lines.
"""

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.words import Found, Mark, Skip, Source
from microtune_collectors.chat import Conversation, Message
from microtune_collectors.export import read_export
from microtune_collectors.members import Member
from microtune_collectors.preconditions import require_me
from microtune_collectors.whatsapp_lines import Order, date_order, is_chat, messages

HEAD = 4096  # bytes by which an exported chat is told from other texts
SHOWN = 8  # names that a message lists


class WhatsAppCollector:
    """What its owner, by the name that `me` gives, wrote in exported chats."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        require_me(self.source)
        yield from read_export(Path(self.source.place), is_text, self._read, marks)

    def _read(self, files: Iterator[Member]) -> Iterator[Found | Skip]:
        authors: Counter[str] = Counter()
        for file in files:
            yield from _read_chat(file, self.source.me, authors)
        if authors and not any(_is_me(author, self.source.me) for author in authors):
            names = ", ".join(name for name, _ in authors.most_common(SHOWN))
            raise MicrotuneError(
                f"nobody in {self.source.place} is called {' or '.join(self.source.me)}",
                f"Add it again with --me NAME; the names there are: {names}.",
            )


def is_text(name: str) -> bool:
    """Whether a file of an export may be a chat."""
    return name.lower().endswith(".txt")


def is_whatsapp(path: Path) -> bool:
    """Whether a text file is an exported chat, told by its first lines."""
    try:
        with path.open("rb") as file:
            return is_chat(file.read(HEAD).decode("utf-8", "ignore").splitlines())
    except OSError:
        return False


def _read_chat(file: Member, me: tuple[str, ...], authors: Counter[str]) -> Iterator[Found | Skip]:
    with _lines(file) as lines:
        order = date_order(lines)
    with _lines(file) as lines:
        here = Counter(line.author for line in messages(lines, order) if line.author)
    if not here:
        yield Skip(file.name, "not a chat")
        return
    authors.update(here)
    others = tuple(name for name in here if not _is_me(name, me))
    conversation = Conversation(others if len(others) < 3 else (), between_two=len(others) == 1)
    for item in _messages(file, order, me):
        yield from [item] if isinstance(item, Skip) else conversation.add(item)
    yield from conversation.end()


def _messages(file: Member, order: Order, me: tuple[str, ...]) -> Iterator[Message | Skip]:
    """Named by their minute or second, and by a number where there are several in one."""
    seen: Counter[str] = Counter()
    with _lines(file) as lines:
        for line in messages(lines, order):
            moment = f"{line.when:%Y-%m-%dT%H:%M:%S}"
            seen[moment] += 1
            place = f"{file.name}/{moment}" + (f"-{seen[moment]}" if seen[moment] > 1 else "")
            if not line.author:
                yield Skip(place, "machine-made", "the app's own line")
            elif not line.text:
                yield Skip(place, "no text")
            else:
                mine = _is_me(line.author, me)
                yield Message(place, line.author, line.text, line.when, mine)


def _is_me(author: str, me: tuple[str, ...]) -> bool:
    return author.lower() in me


def _lines(file: Member) -> io.TextIOWrapper:
    return io.TextIOWrapper(file.open(), "utf-8-sig", "replace", newline="\n")
