"""A conversation to texts: what its owner sent in one go is one text, and answers what came before.

Chat messages are short: people send a thought in three lines within a minute. Apart from each other
most would be dropped as too short to carry a voice, and none would read as it was meant. Knows
nothing of formats.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microtune.words import Found, Skip

PAUSE = timedelta(minutes=5)  # between messages that are one text
ANSWERED_WITHIN = timedelta(days=1)  # what was said longer ago is not what is answered
ANSWERED_MESSAGES = 10  # the last ones that count as answered, at most

NOT_MINE = "not written by you"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `place` names it within its source; `answers`: the text that it quotes."""

    place: str
    author: str
    text: str
    when: datetime
    is_mine: bool
    answers: str = ""


class Conversation:
    """Takes the messages of one conversation in order of time.

    `between_two`: only then is what was said before taken as what is answered; where many talk it
    rarely is.
    """

    def __init__(
        self, recipients: tuple[str, ...] = (), subject: str = "", between_two: bool = False
    ) -> None:
        self._recipients = recipients
        self._subject = subject
        self._between_two = between_two
        self._mine: list[Message] = []
        self._theirs: deque[Message] = deque(maxlen=ANSWERED_MESSAGES)
        self._before: tuple[Message, ...] = ()  # what they had said when `_mine` began

    def add(self, message: Message) -> Iterator[Found | Skip]:
        """Yield the text that this message ends, if it ends one."""
        if not message.is_mine:
            yield from self.end()
            self._theirs.append(message)
            yield Skip(message.place, NOT_MINE)
            return
        if self._mine and not self._goes_on(message):
            yield from self.end()
        if not self._mine:
            self._before = tuple(self._theirs)
            self._theirs.clear()
        self._mine.append(message)

    def end(self) -> Iterator[Found]:
        """Yield the text that was not ended yet."""
        mine, self._mine = self._mine, []
        if mine:
            first = mine[0]
            yield Found(
                place=first.place,
                text="\n".join(message.text for message in mine),
                kind="chat",
                author=first.author,
                written=first.when,
                recipients=self._recipients,
                subject=self._subject,
                answered=first.answers or self._answered(first),
            )

    def _goes_on(self, message: Message) -> bool:
        last = self._mine[-1]
        quotes_another = message.answers and message.answers != last.answers
        return message.when - last.when <= PAUSE and not quotes_another

    def _answered(self, first: Message) -> str:
        if not self._between_two:
            return ""
        recent = [m for m in self._before if first.when - m.when <= ANSWERED_WITHIN]
        return "\n".join(message.text for message in recent)
