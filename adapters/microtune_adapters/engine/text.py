"""Turns the bytes of tokens into text fit to show: whole characters, nothing of a stop sequence.

Knows nothing of models; a token's bytes may end in the middle of a character.
"""

import codecs
from collections.abc import Sequence


class TextStream:
    """Takes bytes, gives text. Text that may be the start of a stop sequence is held back."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self.stopped = False
        self._stop = tuple(sequence for sequence in stop if sequence)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, piece: bytes) -> str:
        """The text that is now certain; after a stop sequence `stopped` is set and it is ""."""
        return "" if self.stopped else self._advance(self._decoder.decode(piece))

    def finish(self) -> str:
        """What was still held back when the tokens ended."""
        if self.stopped:
            return ""
        text = self._advance(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return text

    def _advance(self, text: str) -> str:
        self._held += text
        ends = [at for stop in self._stop if (at := self._held.find(stop)) >= 0]
        if ends:
            self.stopped = True
            certain, self._held = self._held[: min(ends)], ""
            return certain
        keep = max((_overlap(self._held, stop) for stop in self._stop), default=0)
        certain = self._held[: len(self._held) - keep]
        self._held = self._held[len(certain) :]
        return certain


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` begin `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)
