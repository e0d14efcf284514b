"""Invented texts of which each has a name in it that no other has. Knows nothing of where they go.

A sentence is put together from words drawn at random, so that no two texts share many word triples;
a name by its number, so that it can be looked for in whatever a text became.
"""

import random

SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo wu za".split()  # noqa: SIM905
THINGS = """
    acorn balcony barrel beacon boat bonfire button cabin canal cart chimney clock cupboard drum
    fence fiddle fountain gate hammer hedge island kite lamp lighthouse mill needle oven piano plum
    quilt raft rope sledge spade stable stove table tent trunk wagon well basket blanket bridge
    candle cellar chapel compass engine ferry garden harbour kettle ladder lantern market mirror
    museum orchard parcel pigeon printer quarry ribbon river saddle saucer tunnel violin window
""".split()  # noqa: SIM905
DEEDS = """
    admired answered borrowed bought built carried carved chose cleaned cleared counted described
    drew dropped emptied filled fixed followed forgot found hid lent lifted lost measured mended
    moved opened ordered packed painted promised raised repaired returned sketched sold visited
    washed watched weighed
""".split()  # noqa: SIM905
KINDS = """
    amber blunt brittle careful clumsy copper crooked distant early empty faded foreign gentle
    hollow honest idle late little narrow noisy odd patient plain quiet rusty second silver slow
    small smooth solemn steep stubborn tall tidy upper warm weary wooden yellow
""".split()  # noqa: SIM905
PATTERNS = (
    "In {t} weather I {d} the {k} {t} near our {t}.",
    "Nobody {d} a {k} {t} before the {t} was {d}.",
    "The {k} {t} that we {d} stands behind the {k} {t} now.",
    "Since {k} mornings begin with a {t}, she {d} her {t} and I {d} mine.",
    "If the {t} is {k}, then a {t} will be {d} by {k} hands.",
    "They {d} it, {d} it again, and called the {t} {k}.",
    "What became of the {k} {t} under that {t} I never {d}.",
)


def name(number: int) -> str:
    """One word of eight letters for each number below 65,536; none is a part of another."""
    pieces = [SYLLABLES[number >> shift & 15] for shift in (12, 8, 4, 0)]
    return "".join(pieces).capitalize()


def named(word: str) -> str:
    """The first sentence of the text with this name."""
    return f"All of this I wrote down for {word} and for nobody else."


def ended(word: str) -> str:
    """Its last."""
    return f"So much of it was about {word} in the end."


def sentence(chance: random.Random) -> str:
    pattern = chance.choice(PATTERNS)
    drawn = {"{t}": THINGS, "{d}": DEEDS, "{k}": KINDS}
    for mark, words in drawn.items():
        while mark in pattern:
            pattern = pattern.replace(mark, chance.choice(words), 1)
    return pattern


def paragraph(chance: random.Random) -> str:
    """About 40 words."""
    return " ".join(sentence(chance) for _ in range(chance.randint(3, 5)))


def prose(chance: random.Random) -> list[str]:
    """The paragraphs of a new text, without its name."""
    return [paragraph(chance) for _ in range(chance.randint(2, 5))]


def edited(chance: random.Random, paragraphs: list[str]) -> list[str]:
    """A later version: a paragraph is another, or there is one more."""
    later = list(paragraphs[:6])
    if chance.random() < 0.5:
        later[chance.randrange(len(later))] = paragraph(chance)
    else:
        later.insert(chance.randrange(len(later)), paragraph(chance))
    return later


def with_name(paragraphs: list[str], word: str) -> list[str]:
    """The name stands at the beginning and at the end, so that half a text is told from all."""
    first, *middle, last = paragraphs
    return [f"{named(word)} {first}", *middle, f"{last} {ended(word)}"]
