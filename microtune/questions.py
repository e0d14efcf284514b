"""What a question about one's own writing asks for: its telling words, names, and a time.

Knows nothing of the texts that may answer it.
"""

import re
from dataclasses import dataclass
from datetime import date

from microtune.asked_time import Time, asked_time
from microtune.retrieval import STOP_WORDS
from microtune.terms import Stemmer

MOST_TERMS, MOST_CHARACTERS = 24, 1000  # of a question; more cost time and say no more

_WORD = re.compile(r"[^\W_]+")
_ADDRESSING = re.compile(
    r"\b(?:ask(?:ed)?|promised?|repl(?:y|ied)|say|said|send|sent|show(?:ed)?|tell|told|answer(?:ed)?"
    r"|wr(?:i|o)te|thank(?:ed)?|warn(?:ed)?|invited?|to)\s+(?:to\s+)?(?:(?:dr|mrs?|ms|miss)\.?\s+)?$",
    re.IGNORECASE,
)
_SENTENCE_BEGIN = re.compile(r"(?:^|[.!?:]\s)[^\w]*$")

# What a question says of asking, writing and promising, which the answer need not say: "I will
# send it on Friday" is a promise. And what is left of "didn't" and "I'll".
_ASKING = frozenset(
    """
    aren ask asked asking couldn d didn doesn don ever exactly find hadn hasn haven isn kind last
    letter letters ll m mail mails email emails may mention mentioned mentions message messages
    might must note notes post posts promise promised promises re reply replied s said saw say
    says shall shouldn show sort t talk talked tell telling tells text texts thing things think
    thought told towards try used ve want wanted wasn week went weren word words wouldn write
    writes writing written wrote year month ago yesterday today know knew known anything something
    anyone someone anybody somebody ever never concerning regarding during since until
    why whom whose much many often being
    """.split()  # noqa: SIM905
)
_TITLES = frozenset("dr mr mrs ms miss prof professor sir".split())  # noqa: SIM905
_NO_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december i""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word of a question as it was typed, and its stem. A `name` must be met."""

    typed: str
    stem: str
    name: bool = False
    addressed: bool = False  # a name to whom it was said: "tell Tom", "wrote to Tom"
    asking: bool = False  # of asking and promising: the answer need not say it


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart. `words` are distinct by stem, in the order of the question."""

    text: str
    words: tuple[Word, ...]
    time: Time | None = None

    @property
    def names(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word.name)

    @property
    def telling(self) -> tuple[Word, ...]:
        """The words that an answer should hold; those of asking where there are no others."""
        others = tuple(word for word in self.words if not word.asking)
        return others or (() if self.time else self.words)


def parse_question(text: str, today: date, stemmer: Stemmer) -> Question:
    """Take a question apart. Any text is one; an empty or wordless one has no words.

    What is past the first `MOST_CHARACTERS` is not looked at.
    """
    begun = text[:MOST_CHARACTERS]
    time = asked_time(begun, today)
    rest = begun.replace(time.words, " ", 1) if time else begun
    found = list(_WORD.finditer(rest))
    names = _names(rest, found)
    words: dict[str, Word] = {}
    for match in found:
        typed = match.group()
        plain = typed.casefold()
        if plain in STOP_WORDS or plain in _TITLES or (len(plain) < 2 and not plain.isdigit()):
            continue
        name = match.start() in names
        addressed = name and bool(_ADDRESSING.search(rest, 0, match.start()))
        word = Word(
            typed, stemmer.stem(typed), name, addressed, asking=plain in _ASKING and not name
        )
        if word.stem not in words or name:
            words[word.stem] = word
    return Question(text, tuple(words.values())[:MOST_TERMS], time)


def _names(text: str, found: list[re.Match[str]]) -> frozenset[int]:
    """Where words begin that are capitalised though no sentence begins there.

    None where most words are so: then it is a headline, or German.
    """
    capitalised = [
        match.start()
        for match in found
        if match.group()[0].isupper()
        and match.group().casefold() not in STOP_WORDS | _NO_NAMES
        and not _SENTENCE_BEGIN.search(text, max(0, match.start() - 8), match.start())
    ]
    others = sum(not match.group()[0].isupper() for match in found)
    return frozenset(capitalised if len(capitalised) <= max(2, others) else ())
