"""For any bytes at all, every reader gives texts or a reason, in time, and raises nothing else.

Replays the inputs that once broke a reader or that fuzzing kept, repeats pieces of valid ones to
100 KB, and mutates valid ones at random. docs/fuzzing.md tells of the long runs.
"""

from pathlib import Path

import pytest
from fuzz.pump import SIZE, TooLong, seconds
from fuzz.readers import READERS, Breach, whole
from fuzz.seeds import SEEDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtune.words import Skip

CORPUS = Path(__file__).parent / "corpus"
KEPT = sorted(CORPUS.glob("*/*"))
MAIL = b"From: ann@example.org\n"
PUMPED = {  # reader, what stands before, what is repeated: each once took minutes or gigabytes
    "address": ("header", b"", b"ex"),
    "months": ("mbox", MAIL + b"\nWords.\n\nFrom ", b"Jan 1:11 "),
    "quotes": ("mail", MAIL + b"Content-Type: text/html\n\n", b"<blockquote>a"),
    "lists": ("html", b"", b"<ul><li>a"),
    "comments": ("html", b"", b"<!--"),
    "tags": ("html", b"", b"<a "),
    "attributes": ("html", b"", b"<p a='"),
    "pre": ("md", b"", b"<pre>"),
    "spaces": ("md", b"a", b" "),
    "anchors": ("md", b"", b"{#a"),
    "drawers": ("org", b"", b":a:\n"),
    "dates": ("org", b"", b"<2020-02-03 "),
    "sources": ("org", b"", b"#+begin_src\n"),
    "titles": ("tex", b"", b"\\title["),
    "figures": ("twitter", b"window.YTD.tweets.part0 = [1", b",1"),
    "blank lines": ("whatsapp", b"31.12.20, 22:22 - Ann: a\n", b"\n"),
}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than any machine needs for what once took minutes."""
    monkeypatch.setattr("fuzz.pump.LONGEST", 60.0)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_kept_input_is_read(path: Path) -> None:
    seconds(path.parent.name, path.read_bytes())


def test_the_kept_inputs_are_few_and_small() -> None:
    assert {path.parent.name for path in KEPT} <= set(READERS)
    sizes = [path.stat().st_size for path in KEPT]
    assert 0 < len(sizes) < 25 * len(READERS)
    assert max(sizes) <= 4096
    assert sum(sizes) < 1 << 20


@pytest.mark.parametrize(("reader", "head", "piece"), PUMPED.values(), ids=PUMPED.keys())
def test_what_is_repeated_is_read_in_time(reader: str, head: bytes, piece: bytes) -> None:
    seconds(reader, head + piece * (SIZE // len(piece)) + b"!\n")


@pytest.mark.parametrize("name", SEEDS)
def test_a_valid_input_is_read(name: str) -> None:
    READERS[name](SEEDS[name])


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    """The input with a few pieces cut, replaced, repeated or moved."""
    data = seed
    for _ in range(draw(st.integers(1, 4))):
        begin, end = sorted(draw(st.integers(0, len(data))) for _ in range(2))
        piece = data[begin:end]
        new = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from((b"", b"\n", b"\\", b'"', b"=?", b"\xff", b"\0", b"{", b"<")),
                st.integers(2, 40).map(lambda times, piece=piece[:20]: piece * times),
            )
        )
        data = data[:begin] + new + data[end if draw(st.booleans()) else begin :]
    return data


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mutated_input_is_read_or_refused(name: str, data: st.DataObject) -> None:
    READERS[name](data.draw(mutated(SEEDS[name])))


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_breach_is_seen(text: str) -> None:
    with pytest.raises(Breach):
        whole(Skip("place", "reason", text))


def test_what_takes_too_long_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def forever(data: bytes) -> None:
        while True:
            pass

    monkeypatch.setitem(READERS, "txt", forever)
    monkeypatch.setattr("fuzz.pump.LONGEST", 0.05)
    with pytest.raises(TooLong):
        seconds("txt", b"")
