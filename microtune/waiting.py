"""Which received messages wait for an answer, in which order, and why, in a sentence.

The rule is plain, so that it can be told: a message waits if it is of the last weeks, went to the
person themselves, from somebody who reads answers, and is neither answered nor dismissed. First
come those that ask something, among them those of people whom the person has written to, then the
newest. It compares what it is handed and looks at nothing itself.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from microtune.messages import Message

RECENT_DAYS = 30
MOST_ADDRESSEES = 10  # of one message; with more, nobody in particular is asked
LONGEST_QUESTION = 120  # characters of one that are quoted

# Local parts of addresses that nobody reads: noreply, do_not_reply, no.reply-4711, …
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no[._-]?repl(?:y|ies)|do[._-]?not[._-]?reply|no[._-]?response|bounces?"
    r"|mailer[._-]?daemon|postmaster|notifications?|newsletters?|alerts?|automated|nobody"
    r"|ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|no[._-]?responder)(?:$|[._+-]|\d)",
    re.I,
)
# Each begins where a word or a sentence does, so that long ones are looked through once.
_ADDRESS = re.compile(r"(?<![^\s<>@\"(),;:])[^\s<>@\"(),;:]++@[^\s<>@\"(),;:]+")
_LINK = re.compile(r"\b(?:https?|mailto):\S+|\bwww\.\S+", re.I)
_SENTENCE = re.compile(r"(?<![^.!?？؟…\n])[^.!?？؟…\n]++[?？؟]")
_REQUEST = re.compile(
    r"\b(?:please (?:let|tell|send|confirm|reply|answer|call|write|advise|respond)"
    r"|let (?:me|us) know|r\.?s\.?v\.?p)\b[^.!?\n]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits. `question`: what it asks, "" where it asks nothing; `knows`: the
    person has written to its sender; `why`: a sentence for people."""

    message: Message
    question: str
    knows: bool
    why: str


def waiting(
    messages: Iterable[Message], me: Collection[str], known: Collection[str], now: datetime
) -> tuple[Waiting, ...]:
    """Those of `messages` that wait, in their order.

    `me`: the person's addresses; `known`: those that they have written to. All in lower case.
    """
    open_ones = [message for message in messages if not reason_against(message, me, now)]
    later: dict[tuple[str, str], datetime] = {}
    for one in open_ones:
        for id in one.references:
            key = (one.address, id)
            later[key] = max(one.written, later.get(key, one.written))
    listed = [_listed(one, known, now) for one in open_ones if not _is_repeated(one, later)]
    return tuple(sorted(listed, key=_rank))


def reason_against(message: Message, me: Collection[str], now: datetime) -> str:
    """Why a message does not wait, in a few words; "" where it does."""
    addressed = [address for address in message.to if address in me]
    for reason, holds in (
        ("answered", message.answered_at is not None),
        ("dismissed", message.dismissed_at is not None),
        ("from you", message.address in me),
        ("without a sender", not message.address),
        ("not addressed to you", not addressed),
        (f"addressed to more than {MOST_ADDRESSEES}", len(message.to) > MOST_ADDRESSEES),
        (message.bulk, bool(message.bulk)),
        ("from an address that nobody reads", is_no_reply(_answered_to(message))),
        (f"older than {RECENT_DAYS} days", now - message.written > timedelta(RECENT_DAYS)),
    ):
        if holds:
            return reason
    return ""


def is_no_reply(address: str) -> bool:
    """Whether an address says of itself that nobody reads what is sent there."""
    return _NO_REPLY.search(address.partition("@")[0]) is not None


def question_in(text: str) -> str:
    """The first question in a text, or else the first thing that it asks for; "" for none."""
    plain = _LINK.sub("", text)
    asked = (found[0] for found in _SENTENCE.finditer(plain) if _has_words(found[0]))
    found = next(asked, "") or "".join(found[0] for found in [_REQUEST.search(plain)] if found)
    one_line = " ".join(found.split()).lstrip("-*•>,;: ")
    if len(one_line) <= LONGEST_QUESTION:
        return one_line
    return "… " + one_line[-LONGEST_QUESTION:].partition(" ")[2]


def _listed(message: Message, known: Collection[str], now: datetime) -> Waiting:
    question = question_in(message.text) or question_in(message.subject)
    knows = message.address in known or _answered_to(message) in known
    return Waiting(message, question, knows, _why(question, knows, now - message.written))


def _rank(one: Waiting) -> tuple[bool, bool, float, str]:
    age = -one.message.written.timestamp()
    return not one.question, not one.knows, age, one.message.id


def _why(question: str, knows: bool, age: timedelta) -> str:
    asks = f"Asks “{question}”" if question else "Addressed to you"
    known = "you have written to them before" if knows else "you have not written to them yet"
    return f"{asks}; {known}; {_age(age)}."


def _age(age: timedelta) -> str:
    if age < timedelta(hours=1):
        return "came just now"
    if age < timedelta(days=2):
        hours = int(age.total_seconds() // 3600)
        return f"has waited for {hours} hour{'' if hours == 1 else 's'}"
    return f"has waited for {age.days} days"


def _answered_to(message: Message) -> str:
    """The address that an answer goes to."""
    found = _ADDRESS.search(message.reply_to)
    return found[0].lower() if found else message.address


def _is_repeated(message: Message, later: Mapping[tuple[str, str], datetime]) -> bool:
    """Whether its sender wrote again in the same thread, which is listed instead."""
    again = later.get((message.address, message.message_id))
    return again is not None and again > message.written


def _has_words(sentence: str) -> bool:
    return any(character.isalpha() for character in sentence)
