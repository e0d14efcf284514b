"""Briefs made from finished texts without any model, as training and evaluation need them.

Key phrases follow RAKE (Rose et al., 2010, "Automatic keyword extraction from individual
documents"): runs of content words, scored by the degree and frequency of their words.
"""

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,:]*\d|\d")
_BREAK = re.compile(r"[!?;()\[\]\"“”\n—–]|--|(?<!\d)[.,:]|[.,:](?!\d)")  # not within 12.50
_LONGEST_PHRASE = 4

FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at back be because been
    before being below between both but by came can cannot come could did do does doing done
    don down during each either else even ever every few for from further gave get gets getting
    give go goes going gone good got had has have having he hear her here hers herself him
    himself his how however i if in indeed into is it its itself just keep kind know known last
    least less let like little long look made make makes many may me might mine more most much
    must my myself near need never new next no nor not nothing now of off often on once one
    only or other others our ours ourselves out over own per perhaps please put quite rather
    really regards said same say says see seem seems seen shall she should since so some
    something soon still such sure take taken tell than thank thanks that the their theirs them
    themselves then there therefore these they thing things think this those though through
    thus to together too took two under until up upon us use used very want was way we well
    went were what whatever when where whether which while who whom whose why will with within
    without would yes yet you your yours yourself i'm i'll i've i'd it's that's don't can't
    didn't doesn't isn't wasn't won't wouldn't couldn't we'll we've we're you'll you've you're
    they're there's what's let's he's she's dear hi hello best sincerely cheers
    """.split()  # noqa: SIM905
)


def key_phrases(text: str, limit: int = 4) -> list[str]:
    """The text's most telling phrases in the order in which they stand, at most `limit`."""
    candidates = _candidates(text)
    frequency: Counter[str] = Counter()
    degree: Counter[str] = Counter()
    for phrase in candidates:
        for word in phrase:
            key = word.lower()
            frequency[key] += 1
            degree[key] += len(phrase)

    def weight(phrase: tuple[str, ...]) -> float:
        score = sum(degree[w.lower()] / frequency[w.lower()] for w in phrase)
        return score + 0.5 * sum(w[0].isupper() for w in phrase) + 0.1 * sum(map(len, phrase))

    first = {" ".join(p).lower(): p for p in reversed(candidates)}
    best = sorted(first.values(), key=lambda p: (-weight(p), candidates.index(p)))[:limit]
    return [" ".join(p) for p in sorted(best, key=candidates.index)]


def _candidates(text: str) -> list[tuple[str, ...]]:
    phrases: list[tuple[str, ...]] = []
    for clause in _BREAK.split(text):
        run: list[str] = []
        for word in [*_WORD.findall(clause), "the"]:
            if word.lower().replace("’", "'") in FUNCTION_WORDS or len(word) < 2:
                if 0 < len(run) <= _LONGEST_PHRASE:
                    phrases.append(tuple(run))
                run = []
            else:
                run.append(word)
    return phrases


def about(text: str, limit: int = 4) -> str:
    """The "About" line of a brief: key phrases, separated by semicolons."""
    return "; ".join(key_phrases(text, limit))


def flattened(text: str) -> str:
    """The text without its voice: its content words in order, sentence by sentence, as notes.

    Function words, case, emphasis and punctuation go; what is said stays. It is the source side
    of "rewrite" examples, whose target is the text itself.
    """
    notes = []
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", text):
        words = [
            w.lower()
            for w in _WORD.findall(sentence)
            if w.lower().replace("’", "'") not in FUNCTION_WORDS
        ]
        if words:
            notes.append(" ".join(words))
    return ". ".join(notes) + "." if notes else ""
