"""What a person does in the assistant, key by key, and how long they wait for it to show."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_terminal import Terminal

AGAIN, OTHER_SIDE, ESCAPE, ENTER, TAB, BACK_TAB = "\x12", "\x14", "\x1b", "\r", "\t", "\x1b[Z"
LEFT, RIGHT, REWRITE, CONTINUE = "\x1b[D", "\x1b[C", "\x1bOS", "\x1b[15~"
CLEAR = "\x05\x15"  # to the end of the line, and delete to its start
PASTE = "\x1b[200~{}\x1b[201~"
CLICK = "\x1b[<0;{0};{1}M\x1b[<0;{0};{1}m"
HINT, EMPTY_DRAFT = "What should it say?", "The draft appears here."
READY, FIRST_PIECE, ENDED = "adapter of", "· drafting", "tokens/s"
SWAP = re.compile(r"swap (\d+) ms")
TABS_TO_LENGTH, LENGTHS = 3, 8
PAUSE_S = 0.06  # between two keys: about 16 a second
LONGEST_CLEARING_S = 3.0  # of a field that may have been empty before


@dataclass
class Person:
    """Types into one assistant. `letters` stand nowhere yet, so that one that shows is new."""

    terminal: Terminal
    letters: Iterator[str] = field(default_factory=lambda: unused_letters())
    _ended: bool = False  # the latest draft, as far as was looked

    def types_one(self) -> float:
        """Milliseconds from a key to the letter on the screen."""
        letter = next(self.letters)
        self._has_ended()
        self.terminal.forget()
        sent = time.perf_counter()
        self.terminal.send(letter)
        return (self.terminal.shows(letter) - sent) * 1e3

    def types(self, count: int) -> list[float]:
        """Types so many letters, one after the other."""
        return [self._after_a_pause() for _ in range(count)]

    def types_while_it_drafts(self, count: int, attempts: int = 30) -> list[float]:
        """The same while drafts stream; as many as came meanwhile, over several drafts."""
        taken: list[float] = []
        for _ in range(attempts):
            self._until_it_drafts(AGAIN)
            while len(taken) < count and not self._has_ended():
                waited = self._after_a_pause()
                if not self._has_ended():
                    taken.append(waited)
            self.rests_until_drafted()
            if len(taken) >= count:
                break
        return taken

    def _until_it_drafts(self, key: str) -> float:
        """Milliseconds from a key to the first piece; a short draft may show at once and whole."""
        self.terminal.forget()
        self._ended = False
        sent = time.perf_counter()
        self.terminal.send(key)
        shown = self.terminal.until(
            lambda said: FIRST_PIECE in said or ENDED in said, "the first piece"
        )
        return (shown - sent) * 1e3

    def presses(self, key: str, *shown: str) -> float:
        """Milliseconds from a key until all of this is written."""
        self.terminal.forget()
        sent = time.perf_counter()
        self.terminal.send(key)
        return (self.terminal.shows(*shown) - sent) * 1e3

    def asks(self, brief: str) -> float:
        """Put another brief in the place of the one there and ask for its draft; milliseconds to
        the first piece of it."""
        self.clears()
        self.presses(PASTE.format(brief), brief.split()[-1])  # more of it may be wrapped
        self.terminal.rest(0.8)  # what was begun is kept after 0.4 s
        waited = self._until_it_drafts(ENTER)
        self.rests_until_drafted()
        return waited

    def clears(self) -> None:
        """Empty the field of the brief; a paste would overtake the keys that do."""
        self.terminal.forget()
        self.terminal.send(CLEAR)
        end = time.perf_counter() + LONGEST_CLEARING_S
        self.terminal.until(
            lambda said: HINT in said or time.perf_counter() > end, "the empty field"
        )

    def turns_to_other_side(self) -> tuple[float, float]:
        """Me or not me: milliseconds to the first piece, and of the swap as the screen says it."""
        waited = self._until_it_drafts(OTHER_SIDE)
        self.rests_until_drafted()
        found = SWAP.search(self.terminal.text)
        return waited, float(found.group(1)) if found else 0.0

    def cancels(self, after_s: float) -> float | None:
        """Milliseconds from Esc to the end of a draft; None if the draft was done before."""
        self._until_it_drafts(AGAIN)
        self.terminal.rest(after_s)
        if ENDED in self.terminal.text:
            return None
        self.terminal.forget()
        sent = time.perf_counter()
        self.terminal.send(ESCAPE)
        ended = self.terminal.until(lambda said: "Stopped." in said or "Done." in said, "the end")
        return (ended - sent) * 1e3 if "Stopped." in self.terminal.text else None

    def pastes(self, text: str, seconds: float = 3.0) -> dict[str, float]:
        """Milliseconds until the end of a pasted text shows, and the longest that one of the
        letters waits that are typed right behind it, for some seconds."""
        last, first = next(self.letters), next(self.letters)
        self.terminal.forget()
        sent = time.perf_counter()
        self.terminal.send(PASTE.format(text + last) + first)
        shown = self.terminal.shows(last)
        waits = [(self.terminal.shows(first) - sent) * 1e3]
        while len(waits) < 2 or time.perf_counter() < shown + seconds:
            waits.append(self._after_a_pause())
        return {"shown_ms": (shown - sent) * 1e3, "first_ms": waits[0], "later_ms": max(waits[1:])}

    def asks_for_long_drafts(self) -> None:
        """Move the slider of lengths to its end, and go back to the brief."""
        self.presses(TAB * TABS_TO_LENGTH + RIGHT * LENGTHS, "about 400 words")
        self.terminal.send(BACK_TAB * TABS_TO_LENGTH)
        self.terminal.rest(0.5)

    def rests_until_drafted(self) -> None:
        if not self._has_ended():
            self.terminal.shows(ENDED)
        self.terminal.rest(0.3)

    def _has_ended(self) -> bool:
        """Whether the draft has; what was written is forgotten with the next key."""
        self._ended = self._ended or ENDED in self.terminal.text
        return self._ended

    def _after_a_pause(self) -> float:
        self.terminal.rest(PAUSE_S)
        return self.types_one()


def unused_letters() -> Iterator[str]:
    """Letters of one column that no text here holds: extended Latin, Greek, Cyrillic, Armenian."""
    for first, last in (
        (0x100, 0x17F),
        (0x391, 0x3A1),
        (0x3B1, 0x3C9),
        (0x400, 0x481),
        (0x48A, 0x52F),
        (0x531, 0x556),
        (0x561, 0x586),
        (0x10D0, 0x10F0),
        (0x180, 0x1BF),
        (0x1CD, 0x233),
    ):
        yield from map(chr, range(first, last + 1))
