"""Mailboxes: divided as Python's own library does, in bounded memory, and resumed."""

import bz2
import gzip
import lzma
import mailbox
import random
import tracemalloc
from collections.abc import Callable, Iterator
from email.message import Message
from itertools import pairwise
from pathlib import Path

import pytest
from collector_contract import gather
from hypothesis import given
from hypothesis import strategies as st
from letters import ME, from_line, mail, write_mbox

from microtune.errors import MicrotuneError
from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import mbox
from microtune_collectors.mbox import MboxCollector, read_mbox
from microtune_collectors.mbox_split import split, unescape

LINES = st.sampled_from(
    ["From here to there", "From me at 10:30 in 2020", ">From afar", "Subject: no", "", "word", "é"]
)
BODIES = st.lists(LINES, max_size=8).map("\n".join)


def letter(name: str, text: str) -> bytes:
    return from_line(mail(name, text).as_bytes())


def chopped(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def read(path: Path, mark: str = "") -> Iterator[Found | Skip | Mark]:
    return read_mbox(path, path.name, (ME,), mark)


@given(bodies=st.lists(BODIES, min_size=1, max_size=6), size=st.integers(1, 600))
def test_divides_what_pythons_mailbox_wrote_as_it_does(
    bodies: list[str], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("boxes") / "a.mbox"
    box = mailbox.mbox(path)
    for number, body in enumerate(bodies):
        message = Message()
        message["Subject"] = f"{number}"
        message.set_payload(body.encode())
        box.add(message)
    box.flush()
    theirs = [box.get_bytes(key) for key in box.keys()]  # noqa: SIM118 - a mailbox is no mapping
    box.close()
    ours = [raw.data for raw in split(chopped(path.read_bytes(), size))]
    assert [data.rstrip(b"\n") for data in ours] == [data.rstrip(b"\n") for data in theirs]


@given(data=st.binary(max_size=300), size=st.integers(1, 50))
def test_no_byte_is_lost_however_the_stream_is_cut(data: bytes, size: int) -> None:
    stream = data.replace(b"\x01", from_line(b"From: a\n\nb")) * 2
    whole = list(split([stream]))
    assert list(split(chopped(stream, size))) == whole
    assert all(a.end == b.offset for a, b in pairwise(whole))
    assert not whole or whole[-1].end == len(stream)
    for raw in whole:
        assert raw.data in stream[raw.offset : raw.end]
        assert raw.end - raw.offset - len(raw.envelope) - len(raw.data) <= 3


@given(
    lengths=st.lists(st.integers(0, 15_000), min_size=1, max_size=6),
    size=st.integers(300, 9000),
    keep=st.integers(1, 12_000),
)
def test_of_a_long_message_only_the_beginning_is_kept(
    lengths: list[int], size: int, keep: int
) -> None:
    bodies = [b"From: a\n\n" + b"words\n" * (length // 6) for length in lengths]
    stream = b"".join(from_line(body) for body in bodies)
    raws = list(split(chopped(stream, size), keep=keep))
    assert len(raws) == len(bodies)
    assert all(a.end == b.offset for a, b in pairwise(raws))
    for raw, body in zip(raws, bodies, strict=True):
        assert body.startswith(raw.data)
        assert raw.data == body if raw.whole else len(raw.data) >= keep - 100
        assert len(raw.data) <= keep + 4096 + size


def test_prose_that_begins_with_from_divides_nothing() -> None:
    body = "From now on:\nFrom Monday at 10:30 in 2020 we meet.\n\nFrom me to you: all of it."
    stream = letter("a", body) + letter("b", "The second.")
    assert len(list(split([stream]))) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"From 1712345678901@xxx Mon Mar 01 12:00:00 +0000 2021",  # Gmail
        b"From - Mon Sep 17 00:00:00 2001",  # Thunderbird
        b"From - ",
        b"From ann@example.org  lundi 2 mai 2000",  # known by the header that follows
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_from_lines_of_many_writers(line: bytes, end: bytes) -> None:
    message = line + b"\nFrom: a@b.c\nSubject: s\n\nbody\n\n"
    assert len(list(split([(message * 3).replace(b"\n", end)]))) == 3


def test_escaped_from_lines_are_restored() -> None:
    assert unescape(b">From a\n>>From b\n> From c") == b"From a\n>From b\n> From c"


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress), (".bz2", bz2.compress)]
)
def test_packed_mailboxes_are_read_also_when_cut_short(
    tmp_path: Path,
    suffix: str,
    pack: Callable[[bytes], bytes],
) -> None:
    words = random.Random(0)
    texts = ["".join(words.choices("abcdefgh ", k=20_000)) for _ in range(90)]
    packed = pack(b"".join(letter(f"m{n}", text) for n, text in enumerate(texts)))
    path = tmp_path / f"sent.mbox{suffix}"
    path.write_bytes(packed)
    assert len(gather(read(path)).found) == 90
    path.write_bytes(packed[: len(packed) * 3 // 4])
    cut = gather(read(path))
    assert 20 < len(cut.found) < 90
    assert "truncated archive" in cut.reasons
    path.write_bytes(packed[:2000] + b"\0" * 2000 + packed[4000:])
    assert cut.reasons & {"truncated archive", "damaged archive"}
    gather(read(path))


def test_a_truncated_mailbox_gives_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "sent.mbox"
    data = letter("a", "First.") + letter("b", "The second is cut.")
    path.write_bytes(data[: data.index(b" is cut")])
    assert gather(read(path)).texts == {"First.", "The second"}
    path.write_bytes(data[: data.rindex(b"Subject")])
    cut = gather(read(path))
    assert cut.texts == {"First."}
    assert cut.reasons == {"truncated"}
    path.write_bytes(data)
    assert "The second is cut." in gather(read(path, cut.marks["sent.mbox"])).texts


def test_a_huge_attachment_is_never_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "sent.mbox"
    message = mail("big", "The words before the film.")
    message.add_attachment(b"x", "video", "mp4", filename="film.mp4")
    head, boundary, rest = message.as_bytes().rpartition(b"eA==")
    with path.open("wb") as file:
        file.write(letter("a", "Before.") + from_line(head)[:-1])
        for _ in range(700):
            file.write(b"QUJD" * 19 * 600 + b"\n")
        file.write(rest + b"\n" + letter("b", "After."))
        size = file.tell()
    assert boundary
    assert size > 30_000_000
    tracemalloc.start()
    result = gather(read(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.texts == {"Before.", "The words before the film.", "After."}
    assert peak < 25_000_000


def test_a_large_message_whose_text_stands_behind_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "sent.mbox"
    head = f"From: {ME}\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n"
    path.write_bytes(from_line(head.encode() + b"QUJD\n" * 1_100_000) + letter("b", "After."))
    result = gather(read(path))
    assert result.texts == {"After."}
    assert result.reasons == {"too large"}


def test_an_unchanged_mailbox_is_not_read_and_a_grown_one_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sent.mbox"
    path.write_bytes(b"".join(letter(f"m{n}", "word " * 2000) for n in range(50)))
    mark = gather(read(path)).marks["sent.mbox"]
    size = path.stat().st_size
    starts: list[int] = []

    class Watched(mbox.Blocks):
        def __init__(self, path: Path, start: int = 0, end: int | None = None) -> None:
            starts.append(start)
            super().__init__(path, start, end)

    monkeypatch.setattr(mbox, "Blocks", Watched)
    assert list(read(path, mark)) == []
    with path.open("ab") as file:
        file.write(letter("new", "One more."))
    assert gather(read(path, mark)).texts == {"One more."}
    assert starts == [size]


@pytest.mark.parametrize("mark", ["{}", "nonsense", '{"offset": 3}', "[1]"])
def test_a_foreign_mark_only_costs_a_full_pass(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "sent.mbox"
    write_mbox(path, {"a": mail("a", "First.").as_bytes()})
    assert gather(read(path, mark)).texts == {"First."}


def test_a_mailbox_that_is_gone_or_whose_owner_is_unknown_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match=r"gone.*sources remove"):
        list(MboxCollector(Source("mbox", str(tmp_path / "no.mbox"), (ME,))).collect({}))
    write_mbox(tmp_path / "a.mbox", {"a": mail("a", "First.").as_bytes()})
    with pytest.raises(MicrotuneError, match="--me ADDRESS"):
        list(MboxCollector(Source("mbox", str(tmp_path / "a.mbox"))).collect({}))
