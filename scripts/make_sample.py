#!/usr/bin/env python3
"""Make the sample writer's mailbox from a folder of Beethoven's letters.

    scripts/make_sample.py FOLDER OUT.mbox

FOLDER holds one letter a file, `*-noNNN.txt`, NNN being its number in Lady Wallace's edition
(1866), which is in order of time. A file starts with the edition's heading ("TO ZMESKALL.[1]"),
then mostly a line of place and date, then the letter. What the editor added (heading, date line,
notes in square brackets, italics' underscores) is left out of the body; texts that are no letter
to a named person, or into which a note runs, are left out whole. Knows nothing of microtune.
"""

import mailbox
import re
import sys
import unicodedata
from calendar import month_name
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

WRITER = "Ludwig van Beethoven <ludwig@beethoven.example>"
FIRST_YEAR, LAST_YEAR = 1787, 1827  # of the dated letters; other years are misprints
FEWEST_WORDS = 10
NOON = time(12, tzinfo=UTC)

MONTHS = {name[:3].lower(): number for number, name in enumerate(month_name) if name}
SEASONS = {"lent": 3, "spring": 4, "summer": 7, "autumn": 10, "winter": 12}
MONTH_NAMES = (f"{name[:3]}(?:[rt]|{name[3:]})?" for name in month_name if name)  # "Sept.", "Febr."
MONTH = re.compile(rf"\b(?:({'|'.join(SEASONS)})|({'|'.join(MONTH_NAMES)}))\b", re.IGNORECASE)
YEAR = re.compile(r"\b1[78]\d\d\b")
DAY = re.compile(r"(?<![\d/])([0-3]?\d)(?:st|d|th)?(?![\d/])")
SAYS_WHEN = re.compile(
    rf"{YEAR.pattern}|{MONTH.pattern}|day\b|o'clock|^(Vienna|Baden|Hetzendorf|Mödling)\.?$",
    re.IGNORECASE,
)
DATELINE_WORD = re.compile(
    r"[A-Z].*|an?d?|at|beginning|day|den|different|end|evening|hand|in|last|late|le|lent|near|"
    r"noon|o'clock|of|or|st|nd|rd|th|the|thereabouts"
)
NOTE = re.compile(r" ?\[[^\[\]]*\]([,.;:]?)")
LONGEST_NOTE = 400  # characters; a longer bracket holds the writer's own words
LOWER = {"VON": "von", "V.": "v.", "DEL": "del", "OF": "of", "LA": "la", "AND": "and"}
LOWER |= {"THE": "the", "HIS": "his", "MY": "my", "IN": "in"}


class NotALetter(Exception):
    """The text is left out; the message says why."""


@dataclass(frozen=True)
class Letter:
    """One letter: its number in the edition, whom and where it went, when, and its own words."""

    number: int
    name: str
    address: str
    written: date
    body: str


def without_notes(text: str) -> str:
    """`text` without what stands in square brackets, at any depth. Raises `NotALetter`."""
    while found := NOTE.search(text):
        if len(found[0]) > LONGEST_NOTE and not found[0].lstrip().startswith("[Music"):
            raise NotALetter("a bracketed passage is too long to be a note")
        line_end = "\n" if "\n" in found[0] else ""
        text = text[: found.start()] + found[1] + line_end + text[found.end() :]
    if "[" in text or "]" in text:
        raise NotALetter("an editor's note runs into it")
    text = re.sub(r"^ (?! )| +$", "", text.replace("_", ""), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def recipient(heading: str) -> tuple[str, str]:
    """Name and address from a heading. Raises `NotALetter` where it names nobody."""
    heading = " ".join(heading.split())
    if not heading.startswith("TO ") or heading != heading.upper() or "*" in heading:
        raise NotALetter("no heading that names whom it is to")
    who = heading.removeprefix("TO ").partition("--")[0]
    who = who.partition("MESSRS. ")[2] or who
    who = who.partition(",")[0].strip(" .,").removesuffix(" & CO")
    words = re.sub(r"^(THE|HERR|HERREN) ", "", who).split()
    name = " ".join(LOWER.get(word, capitals(word)) for word in words)
    return name, f"{slug(words[-1])}@letters.example"


def capitals(word: str) -> str:
    """A word of a heading as names are written: "HAMMER-PURGSTALL" as "Hammer-Purgstall"."""
    return word if re.fullmatch(r"(\w\.)+", word) else word.title()


def slug(name: str) -> str:
    """`name` in lower-case ASCII, for an address."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z-]", "", ascii_only.lower())


def when(dateline: str, before: date) -> date:
    """The date in `dateline`; what that leaves open is as in the letter before, or the 1st."""
    year, month, day = before.year, 0, 0
    if (found := YEAR.search(dateline)) and FIRST_YEAR <= int(found[0]) <= LAST_YEAR:
        year = int(found[0])
    if found := MONTH.search(dateline):
        season, name = found.groups()
        month = SEASONS[season.lower()] if season else MONTHS[name[:3].lower()]
        if name and (found := DAY.search(YEAR.sub("", dateline))):
            day = int(found[1])
    month = month or (before.month if year == before.year else 1)
    day = day or (before.day if (year, month) == (before.year, before.month) else 1)
    return date(year, month, day)


def is_dateline(paragraph: str) -> bool:
    """Whether a paragraph says only where and when: "Vienna, Dec. 15, 1800."."""
    words = re.findall(r"[^\W\d_][\w']*", paragraph)
    only = all(DATELINE_WORD.fullmatch(word) for word in words)
    return only and "--" not in paragraph and bool(SAYS_WHEN.search(paragraph))


def read(file: Path, before: date) -> Letter:
    """The letter in `file`, which follows one of `before`. Raises `NotALetter`."""
    heading, *rest = without_notes(file.read_text("utf-8")).split("\n\n")
    name, address = recipient(heading)
    dateline = ""
    if rest and is_dateline(rest[0]):
        dateline = rest.pop(0)
    elif rest and is_dateline(rest[-1]) and YEAR.search(rest[-1]):
        dateline = rest.pop()
    body = "\n\n".join(rest)
    if len(body.split()) < FEWEST_WORDS:
        raise NotALetter("hardly a word of it is left")
    return Letter(number_of(file), name, address, when(dateline, before), body)


def number_of(file: Path) -> int:
    """The letter's number in the edition."""
    return int(file.stem.rpartition("-no")[2])


def message(letter: Letter) -> mailbox.mboxMessage:
    """The letter as a mail; the same letter always gives the same bytes.

    The minute after noon is the number in the edition, so that sorting by date keeps its order.
    """
    sent = datetime.combine(letter.written, NOON) + timedelta(minutes=letter.number)
    mail = EmailMessage()
    mail["From"] = WRITER
    mail["To"] = f"{letter.name} <{letter.address}>"
    mail["Date"] = format_datetime(sent)
    mail["Subject"] = f"Letter to {letter.name}"
    mail["Message-ID"] = f"<no{letter.number:03}@beethoven.example>"
    mail.set_content(letter.body + "\n")
    boxed = mailbox.mboxMessage(mail)
    boxed.set_from("ludwig@beethoven.example", sent.utctimetuple())
    return boxed


def letters(folder: Path, left_out: Counter[str]) -> Iterator[Letter]:
    """The letters of `folder` in the edition's order; counts the others by reason."""
    written = date(FIRST_YEAR, 1, 1)
    for file in sorted(folder.glob("*-no*.txt"), key=number_of):
        try:
            letter = read(file, written)
        except NotALetter as reason:
            left_out[str(reason)] += 1
        else:
            written = letter.written
            yield letter


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    folder, out = map(Path, arguments)
    left_out: Counter[str] = Counter()
    out.unlink(missing_ok=True)
    box = mailbox.mbox(out)
    for letter in letters(folder, left_out):
        box.add(message(letter))
    print(f"{len(box)} letters, {sum(left_out.values())} left out: {dict(left_out)}")
    box.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
