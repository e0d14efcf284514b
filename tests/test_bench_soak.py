"""A short soak finds nothing wrong, and what it looks for it would find."""

import random
import time
from pathlib import Path

import pytest

from microtune.contracts import Change
from microtune.curation.curator import Curator
from microtune.words import Found, Own
from tests.house.test_bench import BENCH, bench


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


@pytest.mark.timeout(1800)
def test_a_short_soak_finds_nothing_wrong() -> None:
    options = ("--minutes", 0.4, "--speed", 6000, "--pause", 2, "--between", 5, "--lift")
    result, markdown = bench("soak.py", *options)
    assert result["problems"] == []
    # An earlier version that nobody can tell from a deleted note may stay: `soak_checks` counts it.
    assert result["documents"] == result["manifest"]["live"] + result["beside"]
    assert result["manifest"]["live"] > 0
    assert set(result["written"]) == {"notes", "documents", "mailbox", "maildir", "messages"}
    assert result["days"] > 1
    assert 10 < result["memory"]["peak_rss_mb"] < 300
    assert "Nothing lost, nothing twice, nothing else there." in markdown


def test_what_is_lost_twice_outdated_foreign_or_excluded_is_told() -> None:
    from soak_checks import Row, compared, problems
    from soak_manifest import Entry, Fate
    from soak_prose import ended, name, named

    fates: list[Fate] = ["live", "live", "live", "live", "replaced", "foreign", "excluded"]
    lost, twice, cut, well, old, theirs, secret = names = [name(n) for n in range(len(fates))]
    manifest = {word: Entry(fate, "there") for word, fate in zip(names, fates, strict=True)}

    def row(number: int, word: str, live: bool = True) -> Row:
        return Row(str(number), "s", f"{number}.md", f"{named(word)} {ended(word)}", live)

    whole = [row(n, word) for n, word in enumerate((lost, twice, cut, well))] + [row(9, old, False)]
    assert problems(compared(whole, manifest)) == []

    half = Row("2", "s", "2.md", named(cut), True)
    broken = [row(0, twice), row(1, twice), half, row(3, well), row(4, old), row(5, theirs)]
    broken += [row(6, secret, live=False), row(7, name(77)), Row("8", "s", "8.md", "Hm.", True)]
    wrong = compared(broken, manifest)
    for sort, word in (
        ("lost", lost),
        ("twice", twice),
        ("cut", cut),
        ("outdated", old),
        ("foreign", theirs),
        ("excluded", secret),
        ("unknown", name(77)),
    ):
        assert any(word in line for line in wrong[sort]), sort
    assert len(wrong["unknown"]) == 2
    assert len(problems(wrong)) == 7


def test_an_earlier_version_may_stay_only_where_nobody_could_tell_it_from_another_text() -> None:
    from soak_checks import BESIDE, Row, compared
    from soak_manifest import Entry
    from soak_prose import ended, name, named, paragraph

    chance, old, new = random.Random(2), name(1), name(2)
    manifest = {old: Entry("replaced", "a", new), new: Entry("live", "b")}
    shared, other = ([paragraph(chance) for _ in range(n)] for n in (3, 9))

    def sorts(later: list[str], place: str) -> set[str]:
        texts = {old: shared, new: later}
        rows = [
            Row(word, "s", at, " ".join([named(word), *texts[word], ended(word)]), True)
            for word, at in ((old, "a.md"), (new, place))
        ]
        return {sort for sort, lines in compared(rows, manifest).items() if lines}

    assert sorts([*shared, *other], "b.md") == {BESIDE}
    assert sorts(shared, "b.md") == {"outdated"}
    assert sorts([*shared, *other], "a.md") == {"outdated", "twice"}


def test_invented_texts_are_kept_whole_and_their_names_are_found() -> None:
    from soak_checks import Row
    from soak_prose import edited, name, prose, with_name

    assert len({name(number) for number in range(0, 65_536, 7)}) == len(range(0, 65_536, 7))
    chance = random.Random(1)
    paragraphs = prose(chance)
    for text in (paragraphs, edited(chance, paragraphs)):
        said = "\n\n".join(with_name(text, name(5)))
        own = Curator().admit(Found("a.md", said))
        assert isinstance(own, Own)
        assert own.text == said
        assert Row("1", "s", "a.md", own.text, True).names == {name(5)}


class Waited:
    """A watch that only notes how long it is to wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def wait(self, seconds: float) -> tuple[Change, ...]:
        self.seconds.append(seconds)
        time.sleep(min(seconds, 0.2))
        return ()

    def wake(self) -> None:
        """Nothing sleeps here."""

    def close(self) -> None:
        """Nothing is open."""


def test_the_clock_is_fast_in_long_waits_and_keeps_its_pace_in_short_ones(tmp_path: Path) -> None:
    from soak_clock import CompressedClock, CompressedWatch, passed

    passing = tmp_path / "clock"
    clock, inner = CompressedClock(1000.0, passing), Waited()
    watch = CompressedWatch(inner, clock)
    watch.wait(60.0)
    assert inner.seconds == [0.1]
    assert clock.awake() > 90  # a second for each thousandth that it waited
    watch.wait(0.7)
    assert inner.seconds[-1] == 0.7
    before = clock.awake()
    watch.wait(0.1)
    assert clock.awake() - before < 50
    assert passed(passing) == pytest.approx(before, abs=50)
    assert CompressedClock(1000.0, passing).awake() == pytest.approx(before, abs=50)
