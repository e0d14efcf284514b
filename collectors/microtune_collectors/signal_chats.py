"""Signal's own chat export: a folder of `main.jsonl` and `metadata.json`, one JSON frame a line.

Frames are those of Signal's backup format in protobuf's JSON form, so numbers of 64 bits are texts.
What disappears after a time is not in an export. Source: libsignal, `backup.proto` and the
`JsonExporter` of `rust/message-backup`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors.chat import Conversation, Message
from microtune_collectors.export import read_export
from microtune_collectors.json_items import part_at, text_at
from microtune_collectors.members import Member

FRAMES = "main.jsonl"
LONGEST = 4 << 20  # bytes of a frame; a longer one holds no message of a person's
_MENTION = "\ufffc"  # stands where a name was mentioned; whose is told elsewhere


class SignalCollector:
    """What its owner sent. Nothing needs to say who that is: the export tells sent from got."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from read_export(Path(self.source.place), is_frames, _read, marks)


def is_frames(name: str) -> bool:
    """Whether a file of an export holds the messages."""
    return name.rpartition("/")[2] == FRAMES


@dataclass(slots=True)
class _Chats:
    """Conversations by chat id, and who is in them. Ids hold within one export only."""

    names: dict[str, str] = field(default_factory=dict)  # recipient id → name
    groups: set[str] = field(default_factory=set)  # recipient ids
    recipients: dict[str, str] = field(default_factory=dict)  # chat id → recipient id
    conversations: dict[str, Conversation] = field(default_factory=dict)

    def conversation(self, chat: str) -> Conversation:
        if chat not in self.conversations:
            recipient = self.recipients.get(chat, "")
            name, is_group = self.names.get(recipient, ""), recipient in self.groups
            to = (name,) if name and not is_group else ()
            title = name if is_group else ""
            self.conversations[chat] = Conversation(to, title, between_two=not is_group)
        return self.conversations[chat]


def _read(files: Iterator[Member]) -> Iterator[Found | Skip]:
    for file in files:
        chats = _Chats()
        for number, frame in enumerate(_frames(file)):
            if isinstance(frame, Skip):
                yield frame
            elif "recipient" in frame:
                _meet(part_at(frame, "recipient"), chats)
            elif "chat" in frame:
                chat = part_at(frame, "chat")
                chats.recipients[_id(chat, "id")] = _id(chat, "recipientId")
            elif "chatItem" in frame:
                item = part_at(frame, "chatItem")
                message = read_message(item, f"{file.name}/{number}", chats.names)
                conversation = chats.conversation(_id(item, "chatId"))
                yield from [message] if isinstance(message, Skip) else conversation.add(message)
        for conversation in chats.conversations.values():
            yield from conversation.end()


def read_message(item: Mapping[str, Any], place: str, names: Mapping[str, str]) -> Message | Skip:
    """A message as a person typed it, or why it is none. The time it was sent is its name."""
    message = part_at(item, "standardMessage")
    text = text_at(part_at(message, "text"), "body").replace(_MENTION, "").strip()
    if "outgoing" not in item and "incoming" not in item:
        return Skip(place, "machine-made", "the app's own line")
    try:
        sent = int(item["dateSent"])
        when = datetime.fromtimestamp(sent / 1000, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return Skip(place, "not a message", "no time")
    if not text:
        return Skip(str(sent), "no text")
    quoted = text_at(part_at(part_at(message, "quote"), "text"), "body")
    author = names.get(_id(item, "authorId"), "")
    return Message(str(sent), author, text, when, "outgoing" in item, quoted)


def _meet(recipient: Mapping[str, Any], chats: _Chats) -> None:
    identity = _id(recipient, "id")
    contact, group = part_at(recipient, "contact"), part_at(recipient, "group")
    if group:
        chats.groups.add(identity)
        title = part_at(part_at(group, "snapshot"), "title")
        chats.names[identity] = text_at(title, "title")
    elif contact:
        nickname = part_at(contact, "nickname")
        chats.names[identity] = (
            _full(nickname, "given", "family")
            or _full(contact, "systemGivenName", "systemFamilyName")
            or _full(contact, "profileGivenName", "profileFamilyName")
            or text_at(contact, "username")
        )


def _full(given: Mapping[str, Any], *keys: str) -> str:
    return " ".join(part for key in keys if (part := text_at(given, key)))


def _id(given: Mapping[str, Any], key: str) -> str:
    """Ids are texts in protobuf's JSON form, but figures where somebody made the file anew."""
    return str(given.get(key, ""))


def _frames(file: Member) -> Iterator[Mapping[str, Any] | Skip]:
    with file.open() as stream:
        number = 0
        while line := stream.readline(LONGEST):
            number += 1
            try:
                frame = json.loads(line)
            except (ValueError, RecursionError) as error:
                if line.strip():
                    yield Skip(f"{file.name}/{number}", "damaged line", str(error))
                continue
            yield frame if isinstance(frame, dict) else {}
