"""Invented notes in a folder, one file a day: texts for benchmarks that need nobody's own."""

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST_DAY = datetime(2016, 1, 1, 9, tzinfo=UTC)
THINGS = """
    acorn balcony barrel blanket boat bridge button cabin canal chapel chimney clock compass
    cupboard engine fence ferry fiddle garden gate hammer harbour hedge island kettle kite ladder
    lamp market mill mirror needle orchard oven parcel piano printer quilt raft river rope saddle
    sledge spade stable stove table tent trunk tunnel violin wagon well window
""".split()  # noqa: SIM905
DEEDS = """
    admired borrowed built carried chose cleaned counted described emptied filled followed found
    lifted lost measured mended moved opened packed painted promised repaired returned sketched
    sold visited washed weighed
""".split()  # noqa: SIM905
PATTERNS = (
    "In {} weather I {} the {} near our {}.",
    "Nobody {1} the {0} before the {2} stood beside that {3}.",
    "When the {} came, we {} our {} and forgot the {}.",
    "My {} is old, so she {} the {} for me behind the {}.",
)


def note(number: int, sentences: int = 12) -> str:
    """About 140 words of plain prose that resemble no other number's."""
    chance = random.Random(number)
    things, deeds = (lambda: chance.choice(THINGS)), (lambda: chance.choice(DEEDS))
    return " ".join(
        chance.choice(PATTERNS).format(things(), deeds(), things(), things())
        for _ in range(sentences)
    )


def write_notes(folder: Path, numbers: range) -> None:
    """The notes of these days; a file's time is its day's."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        path = folder / f"{number:05}.txt"
        path.write_text(note(number))
        at = (FIRST_DAY + timedelta(days=number)).timestamp()
        os.utime(path, (at, at))
