"""A Slack export: a .zip or folder of `users.json` and, for each channel, a file of each day.

Only what the person named by `me` (id, e-mail or name) wrote; bots and what Slack itself says are
left out. A reply in a thread answers the thread's first message. Source: Slack's "How to read Slack
data exports".
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from microtune.errors import MicrotuneError
from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import members
from microtune_collectors.chat import Conversation, Message
from microtune_collectors.encoding import tidy
from microtune_collectors.export import read_export
from microtune_collectors.json_items import Damaged, part_at, text_at
from microtune_collectors.members import Member
from microtune_collectors.preconditions import require_me
from microtune_collectors.slack_text import plain

USERS = "users.json"
DIRECT = "dms.json"  # which folders are conversations of two
WRITTEN = ("", "me_message", "thread_broadcast", "file_share")  # subtypes that a person typed
_HEAD = 2000  # characters of a thread's first message that are kept as what is answered
_NAMES = ("name", "real_name")
_PROFILE = ("email", "display_name", "real_name", "display_name_normalized")


@dataclass(frozen=True, slots=True)
class People:
    """Who is who in a workspace: `names` by id, the owner's ids, and which folders are of two."""

    names: Mapping[str, str]
    me: frozenset[str]
    direct: Mapping[str, tuple[str, ...]]  # folder → names of the others


@dataclass(slots=True)
class _Channel:
    """The conversations of one channel: its own and its threads, and how these began."""

    name: str
    conversations: dict[str, Conversation] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)


class SlackCollector:
    """What its owner wrote in an exported workspace."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        path = Path(self.source.place)
        require_me(self.source)
        people = read_people(path, self.source.me)
        yield from read_export(path, is_day, lambda files: _read(files, people), marks)


def is_day(name: str) -> bool:
    """Whether a file holds the messages of a channel: `general/2024-05-01.json`."""
    return name.endswith(".json") and "/" in name and not name.startswith("__MACOSX/")


def read_people(path: Path, me: tuple[str, ...]) -> People:
    """Raises `MicrotuneError` where `users.json` is missing or damaged, or names no such person."""
    found: dict[str, object] = {}
    with members.opened(path, lambda name: name in (USERS, DIRECT)) as files:
        for file in files:
            try:
                found[file.name] = json.loads(file.read())
            except (*members.BROKEN, ValueError, RecursionError, OSError) as error:
                raise MicrotuneError(
                    f"{file.name} in {path} is damaged ({error})", "Export the workspace again."
                ) from error
    users = [u for u in _listed(found.get(USERS)) if isinstance(u, dict) and text_at(u, "id")]
    if not users:
        raise MicrotuneError(
            f"{path} holds no {USERS}", "Name the .zip that Slack exported, or its unpacked folder."
        )
    names = {text_at(u, "id"): _names(u)[-1] for u in users}
    mine = frozenset(text_at(u, "id") for u in users if {n.lower() for n in _names(u)} & set(me))
    if not mine:
        raise MicrotuneError(
            f"nobody in {path} is called {' or '.join(me)}",
            "Add it again with --me ID, e-mail or name, as users.json has it.",
        )
    two = [dm for dm in _listed(found.get(DIRECT)) if isinstance(dm, dict)]
    direct = {text_at(dm, "id"): _others(dm, names, mine) for dm in two}
    return People(names, mine, direct)


def _read(files: Iterator[Member], people: People) -> Iterator[Found | Skip]:
    channel = _Channel("")
    for file in files:
        name = file.name.rpartition("/")[0]
        if name != channel.name:
            yield from _ends(channel)
            channel = _Channel(name)
        try:
            entries = _listed(json.loads(file.read()))
        except (Damaged, ValueError, RecursionError) as error:
            yield Skip(file.name, "damaged file", str(error))
            continue
        for number, entry in enumerate(entries):
            message = read_message(entry, f"{file.name}/{number}", name, people)
            if isinstance(message, Skip):
                yield message
            else:
                yield from _add(channel, message, text_at(entry, "thread_ts"), people)
    yield from _ends(channel)


def read_message(entry: object, place: str, channel: str, people: People) -> Message | Skip:
    """A message as a person typed it, or why it is none."""
    if not isinstance(entry, dict) or not (ts := text_at(entry, "ts")):
        return Skip(place, "not a message")
    place = f"{channel}/{ts}"
    user = text_at(entry, "user")
    if text_at(entry, "subtype") not in WRITTEN or "bot_id" in entry or not user:
        return Skip(place, "machine-made", text_at(entry, "subtype") or "bot")
    text = plain(text_at(entry, "text"), people.names)
    if not text:
        return Skip(place, "no text")
    try:
        when = datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return Skip(place, "not a message", "no time")
    return Message(place, people.names.get(user, ""), text, when, user in people.me)


def _add(
    channel: _Channel, message: Message, thread: str, people: People
) -> Iterator[Found | Skip]:
    """A message that begins a thread belongs to the channel; the others to their thread."""
    begins = thread and message.place == f"{channel.name}/{thread}"
    if begins:
        channel.threads[thread] = message.text[:_HEAD]
    key = "" if begins else thread
    if key not in channel.conversations:
        others = people.direct.get(channel.name)
        channel.conversations[key] = Conversation(
            others or (), "" if others else f"#{channel.name}", others is not None
        )
    if key and message.is_mine:
        head = channel.threads.get(key, "")
        message = Message(message.place, message.author, message.text, message.when, True, head)
    yield from channel.conversations[key].add(message)


def _ends(channel: _Channel) -> Iterator[Found]:
    for conversation in channel.conversations.values():
        yield from conversation.end()


def _names(user: Mapping[str, Any]) -> list[str]:
    """All that a person is known by; the last is what others read."""
    profile = part_at(user, "profile")
    given = [text_at(user, "id"), *(text_at(user, key) for key in _NAMES)]
    given += [text_at(profile, key) for key in _PROFILE]
    shown = text_at(profile, "display_name") or text_at(user, "real_name")
    return [name for name in [*given, shown] if name]


def _others(dm: Mapping[str, Any], names: Mapping[str, str], me: frozenset[str]) -> tuple[str, ...]:
    ids = [tidy(one) for one in _listed(dm.get("members")) if isinstance(one, str)]
    return tuple(names.get(one, one) for one in ids if one not in me)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
