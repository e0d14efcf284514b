"""Message-IDs: a message's own, and those of the messages that it answers (RFC 5322, 3.6.4)."""

import re

from microtune.curation.forwards import is_forward
from microtune_collectors.headers import Headers

LONGEST = 250  # characters of a Message-ID
MOST = 50  # of a thread, the newest

_IN_BRACKETS = re.compile(r"<([^<>]{1,1000})>")


def message_id(headers: Headers) -> str:
    """The message's own, without brackets; "" where it has none."""
    return _plain(headers.get("message-id").strip("<> \t"))


def answers(headers: Headers) -> tuple[str, ...]:
    """What it answers, the oldest first. Who hands a message on has not answered it."""
    if is_forward(headers.text("subject")):
        return ()
    return thread(headers)


def thread(headers: Headers) -> tuple[str, ...]:
    """The messages of its thread that it names, the oldest first."""
    named = _IN_BRACKETS.findall(headers.get("references") + " " + headers.get("in-reply-to"))
    ids = dict.fromkeys(_plain(one) for one in named)
    return tuple(id for id in ids if id)[-MOST:]


def _plain(given: str) -> str:
    return "".join(given.split())[:LONGEST]
