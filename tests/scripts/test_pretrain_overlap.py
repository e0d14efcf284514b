"""Text of given people is found in pretraining records, in whatever form it was kept."""

import base64
import gzip
import io
import json
import lzma
import random
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.errors import MicrotuneError

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
KNOWN = [f"known{n}" for n in range(500)]  # each word once: every run of it is its own
PASSAGE = "the heron stood so still in the reeds that even the ferryman took it for a stump"


@pytest.fixture(scope="module")
def overlap() -> ModuleType:
    sys.path.insert(0, str(SCRIPTS))
    try:
        import pocket.overlap
    finally:
        sys.path.remove(str(SCRIPTS))
    return pocket.overlap


def other_words(seed: int, count: int) -> list[str]:
    return random.Random(seed).choices([f"other{n}" for n in range(300)], k=count)


@given(start=st.integers(0, 488), before=st.integers(0, 40), seed=st.integers(0, 999))
def test_every_run_of_twelve_words_is_found(
    overlap: ModuleType, start: int, before: int, seed: int
) -> None:
    writings = overlap.Writings([[" ".join(KNOWN)]])
    run = KNOWN[start : start + 12]
    words = other_words(seed, before) + run + other_words(seed + 1, 40 - before)
    rng = random.Random(seed)
    text = "".join(rng.choice((w, w.upper(), f"_{w}_,")) + rng.choice((" ", "\n> ")) for w in words)
    assert writings.shared(text) == 5 >= overlap.FEWEST
    assert writings.passages(text) == [" ".join(run)]
    assert writings.shared(text + text) == 5  # repeating it adds none


@given(
    runs=st.lists(st.tuples(st.integers(0, 493), st.integers(0, 7)), max_size=20),
    seed=st.integers(0, 999),
)
def test_text_without_a_run_of_eight_words_shares_nothing(
    overlap: ModuleType, runs: list[tuple[int, int]], seed: int
) -> None:
    writings = overlap.Writings([[" ".join(KNOWN)]])
    text = ""
    for start, length in runs:
        text += " ".join([*KNOWN[start : start + length], *other_words(seed, 1)]) + " "
    assert writings.shared(text) == 0
    assert writings.passages(text) == []


def test_what_many_people_write_is_nobodys_own(overlap: ModuleType) -> None:
    footer = "this message is meant for the one that it is addressed to and for no other"
    persons = [[footer, f"{PASSAGE} {n}"] for n in range(overlap.COMMONPLACE)]
    assert overlap.Writings(persons).shared(footer) == 0
    assert overlap.Writings(persons[1:]).shared(footer) > overlap.FEWEST


def test_runs_do_not_reach_over_two_texts(overlap: ModuleType) -> None:
    writings = overlap.Writings([[" ".join(KNOWN[:7]), " ".join(KNOWN[7:14]), ""]])
    assert len(writings) == 0
    assert writings.shared(" ".join(KNOWN)) == 0


def letter(body: str, encoding: str = "8bit") -> bytes:
    lines = ("From ann@example.org Mon Jan  1 00:00:00 2001", "From: ann@example.org")
    head = (*lines, "To: bob@example.org", "Message-ID: <1@example.org>", "MIME-Version: 1.0")
    typed = ("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    return "\n".join((*head, *typed, "", body, "")).encode()


def archive(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


FORMS: dict[str, Callable[[str], bytes]] = {
    "notes/day.md": lambda text: f"---\ntitle: x\n---\n**{text}**\n".encode(),
    "day.txt": str.encode,
    "README": str.encode,
    "day.txt.gz": lambda text: gzip.compress(text.encode()),
    "days.tar.xz": lambda text: archive("days/one.txt", text.encode()),
    "mails.jsonl": lambda text: json.dumps({"email": [text.replace(" ", "\r\n", 3)]}).encode(),
    "sent.mbox": lambda text: letter("Yes.\n\n> " + text.replace(" in ", "\n> in ")),
    "sent.mbox.xz": lambda text: lzma.compress(letter(f"Well, {text}.")),
    "coded.mbox": lambda text: letter(base64.b64encode(text.encode()).decode(), "base64"),
}


@pytest.mark.parametrize("name", FORMS)
def test_writings_are_read_in_every_form(overlap: ModuleType, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "people"  # the home of the test is beside it
    path = folder / "ann" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(FORMS[name](PASSAGE))
    (folder / "ann" / "portrait.png").write_bytes(b"\x89PNG\0\0\0")
    writings = overlap.Writings.read(folder)
    assert writings.shared(f"He wrote that {PASSAGE.upper()}!") == len(PASSAGE.split()) - 7


def test_a_folder_that_would_guard_against_nothing_is_refused(
    overlap: ModuleType, tmp_path: Path
) -> None:
    folder = tmp_path / "people"
    with pytest.raises(MicrotuneError, match="no sub-folders"):
        overlap.Writings.read(folder)
    (folder / "ann").mkdir(parents=True)
    with pytest.raises(MicrotuneError, match="no text"):
        overlap.Writings.read(folder)
