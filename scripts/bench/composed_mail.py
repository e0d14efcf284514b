#!/usr/bin/env python3
"""Sent mail composed of other people's sentences: as many distinct messages as asked, as an mbox.

    python scripts/bench/composed_mail.py FOLDER --messages 200000 --texts FILE.jsonl.xz ...

FOLDER then holds `sent.mbox`, and in `Maildir`, `notes` and `later` (single messages and notes
that come afterwards) what its options ask for. Nothing else distinguishes these messages from a
person's: replies with quotes, signatures, HTML, the usual encodings, and a few that no one wrote or
that are too short. The same seed and texts make the same bytes. Knows nothing of microtune.
"""

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from composed_parts import ME, Written, body_of, envelope, headers
from sentences import sentences

MEDIAN_WORDS, SIGMA = 55, 0.8  # of a log-normal: a mean of about 70 words between the bounds
FEWEST, MOST = 20, 200
SENTENCES_EACH = 7  # of the texts, own and quoted: what is read of them
REPLIES, SIGNED = 0.5, 0.4
# What does not survive, as shares of all: sent twice, nearly so, and what `Odd` names.
TWICE, NEARLY = 0.02, 0.02
ODD = {"short": 0.03, "machine": 0.02, "forwarded": 0.02}
SHORT = ("Thanks!", "OK, see you then.", "Yes, please.", "Done.", "Will do, thank you.", "On it.")


@dataclass
class Composer:
    """Makes messages one after the other, from sentences each of which is used once if it can."""

    pool: list[str]
    seed: int
    number: int = 0
    _next: int = 0
    _last: Written | None = None
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._random.shuffle(self.pool)

    def message(self, plain: bool = False) -> Written:
        """The next message; `plain`: one that is certain to be worth keeping."""
        draw = 1.0 if plain else self._random.random()
        odd = ""
        for kind, share in ODD.items():
            odd = odd or (kind if draw < share else "")
            draw -= share
        if not odd and self._last and draw < TWICE + NEARLY:
            written = self._again(nearly=draw >= TWICE)
        else:
            written = self._new(odd, reply=not plain and self._random.random() < REPLIES)
            self._last = None if odd else written
        self.number += 1
        return written

    def text(self, words: int = 0) -> str:
        """Some paragraphs of about so many words, else of as many as mail has."""
        wanted = words or self._length()
        paragraphs: list[list[str]] = [[]]
        count = 0
        while count < wanted:
            sentence = self.pool[self._next % len(self.pool)]
            self._next += 1
            paragraphs[-1].append(sentence)
            count += sentence.count(" ") + 1
            if count < wanted and self._random.random() < 0.25:
                paragraphs.append([])
        return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)

    def _length(self) -> int:
        drawn = self._random.lognormvariate(0, SIGMA) * MEDIAN_WORDS
        return int(min(MOST, max(FEWEST, drawn)))

    def _new(self, odd: str, reply: bool) -> Written:
        own = {"short": self._random.choice(SHORT), "forwarded": ""}.get(odd) or ""
        return Written(
            number=self.number,
            own=own if odd in ("short", "forwarded") else self.text(),
            quoted=self.text(self._random.randint(10, 120)) if reply or odd == "forwarded" else "",
            odd=odd,
            signed=self._random.random() < SIGNED,
            style=self._random.random(),
        )

    def _again(self, nearly: bool) -> Written:
        """The last message under a new id, with a word more or as it was."""
        assert self._last is not None
        own = self._last.own + (" Sorry, once more." if nearly else "")
        return Written(self.number, own, self._last.quoted, "", self._last.signed, self._last.style)


def main() -> None:
    options = parsed()
    total = options.messages + options.maildir + options.notes + 3 * options.later
    composer = Composer(sentences(options.texts, SENTENCES_EACH * total), options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "sent.mbox").open("wb") as mbox:
        for _ in range(options.messages):
            mbox.write(in_mbox(composer.message()))
    write_maildir(options.folder / "Maildir", [composer.message() for _ in range(options.maildir)])
    write_texts(options.folder / "notes", (composer.text() for _ in range(options.notes)))
    later = options.folder / "later"
    write_texts(later, (composer.text(60) for _ in range(options.later)))
    for kind in ("mbox", "eml"):
        for number in range(options.later):
            written = composer.message(plain=True)
            data = in_mbox(written) if kind == "mbox" else as_bytes(written)
            (later / f"{number}.{kind}").write_bytes(data)
    print(json.dumps({"sentences": len(composer.pool), "used": composer._next, "me": ME}))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--maildir", type=int, default=0, metavar="N", help="messages there")
    parser.add_argument("--notes", type=int, default=0, metavar="N")
    parser.add_argument("--later", type=int, default=0, metavar="N", help="of each kind")
    parser.add_argument("--texts", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def as_bytes(written: Written) -> bytes:
    """The message as it is sent."""
    return f"{headers(written)}{body_of(written)}".encode()


def in_mbox(written: Written) -> bytes:
    """The message as it lies in an mbox, with its From_ line."""
    lines = as_bytes(written).split(b"\n")
    escaped = (b">" + line if line.startswith(b"From ") else line for line in lines)
    return envelope(written) + b"\n".join(escaped).rstrip(b"\n") + b"\n\n"


def write_maildir(folder: Path, messages: list[Written]) -> None:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for written in messages:
        name = f"{1_500_000_000 + written.number}.M{written.number}P1.host:2,S"
        (folder / "cur" / name).write_bytes(as_bytes(written))


def write_texts(folder: Path, texts: Iterator[str]) -> None:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
