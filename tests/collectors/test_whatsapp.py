"""WhatsApp exports in the layouts of both phones; what a person sent in one go is one text."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from collector_contract import CollectorContract, Pass, World, gather
from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Collector
from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors.registry import kind_of, open_collector, open_source
from microtune_collectors.whatsapp_lines import Line, date_order, is_chat, messages

IPHONE = """\
[12/31/20, 10:22:11 PM] Ben: \u200eMessages and calls are end-to-end encrypted.
[12/31/20, 10:22:11\u202fPM] Ben: Will you come tomorrow?
And bring the ladder?
[12/31/20, 10:23:40\u202fPM] Ann: I shall come,
with the ladder.
[12/31/20, 10:24:01\u202fPM] Ann: At nine, if the ferry goes. \u200e<This message was edited>
\u200e[12/31/20, 10:25:00\u202fPM] Ann: \u200eimage omitted
[1/2/21, 9:00:00\u202fAM] Ann: The ladder is yours now.
"""
ANDROID = """\
31.12.20, 22:22 - Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.
31.12.20, 22:22 - Ben: Kommst du morgen?
31.12.20, 22:23 - Ann: Ja, um neun: wenn die Fähre geht.
31.12.20, 22:24 - Ann: <Medien ausgeschlossen>
31.12.20, 22:25 - Ann: IMG-20201231-WA0001.jpg (Datei angehängt)
Das ist die Leiter.
31.12.20, 22:26 - Ann: Du hast diese Nachricht gelöscht.
"""


def read(place: Path, me: str = "ann") -> Pass:
    return gather(open_collector(Source("whatsapp", str(place), (me,))).collect({}))


def chat(folder: Path, text: str) -> Path:
    path = folder / "WhatsApp Chat with Ben.txt"
    path.write_text(text, "utf-8")
    return path


class WhatsAppWorld(World):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        root.mkdir(exist_ok=True)
        self.lines: dict[str, tuple[str, str]] = {}

    def collector(self) -> Collector:
        return open_collector(Source("whatsapp", str(self.root / "chat.txt"), ("ann",)))

    def put(self, name: str, text: str) -> None:
        when = self.lines.get(name, (f"{len(self.lines) + 1:02d}.05.24, 10:00", ""))[0]
        self.lines[name] = (when, text)
        self._write()

    def spoil(self, name: str) -> None:
        self.lines = {name: ("01.05.24, 09:00", "<Media omitted>"), **self.lines}
        self._write()

    def _write(self) -> None:
        written = "".join(f"{when} - Ann: {text}\n" for when, text in self.lines.values())
        (self.root / "chat.txt").write_text(written)


class TestWhatsApp(CollectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return WhatsAppWorld(tmp_path / "chats")


def test_an_iphone_s_chat(tmp_path: Path) -> None:
    path = chat(tmp_path, IPHONE)
    assert kind_of(path) == "whatsapp"
    first, second = read(path).found
    assert first.text == "I shall come,\nwith the ladder.\nAt nine, if the ferry goes."
    assert first.answered == "Will you come tomorrow?\nAnd bring the ladder?"
    assert (first.kind, first.author, first.recipients) == ("chat", "Ann", ("Ben",))
    assert first.written == datetime(2020, 12, 31, 22, 23, 40, tzinfo=UTC)
    assert (second.text, second.answered) == ("The ladder is yours now.", "")


def test_an_android_s_chat(tmp_path: Path) -> None:
    result = read(chat(tmp_path, ANDROID))
    assert result.texts == {"Ja, um neun: wenn die Fähre geht.\nDas ist die Leiter."}
    assert sorted(skip.reason for skip in result.skipped) == [
        "machine-made",
        "no text",
        "no text",
        "not written by you",
    ]


def test_a_zip_and_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "WhatsApp Chat - Ben.zip", "w") as packed:
        packed.writestr("_chat.txt", IPHONE)
        packed.writestr("photo.jpg", b"\xff")
    assert kind_of(tmp_path / "WhatsApp Chat - Ben.zip") == "whatsapp"
    (tmp_path / "chats").mkdir()
    chat(tmp_path / "chats", ANDROID)
    assert len(read(tmp_path / "WhatsApp Chat - Ben.zip").found) == 2
    assert len(read(tmp_path / "chats").found) == 1


def test_a_chat_among_notes_is_not_taken_for_own_words(tmp_path: Path) -> None:
    path = chat(tmp_path, ANDROID)
    (tmp_path / "note.txt").write_text("My own note.")
    of_folder = gather(open_collector(Source("folder", str(tmp_path))).collect({}))
    assert of_folder.texts == {"My own note."}
    assert of_folder.reasons == {"a chat, which is a source of its own"}
    alone = gather(open_collector(Source("folder", str(path))).collect({}))
    assert len(alone.found) == 1


def test_an_answer_by_another_ends_a_text_and_so_does_a_pause(tmp_path: Path) -> None:
    lines = "10:00 - Ann: One.|10:04 - Ann: Two.|10:05 - Ben: Aha.|10:06 - Ann: Three."
    lines += "|10:30 - Ann: Four."
    path = chat(tmp_path, "".join(f"01.05.24, {line}\n" for line in lines.split("|")))
    assert [found.text for found in read(path).found] == ["One.\nTwo.", "Three.", "Four."]


def test_a_name_is_asked_for_and_those_there_are_told(tmp_path: Path) -> None:
    path = chat(tmp_path, ANDROID)
    with pytest.raises(MicrotuneError, match="--me NAME"):
        open_source(str(path))
    assert open_source(str(path), me=("Ann",)).me == ("ann",)
    with pytest.raises(MicrotuneError, match=r"called carol.*Ann, Ben"):
        read(path, "carol")


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["12/31/20, 1:00 PM", "1/2/21, 1:00 PM"], "mdy"),
        (["31/12/20, 13:00", "02/01/21, 13:00"], "dmy"),
        (["01/02/21, 13:00", "01/03/21, 13:00", "02/01/21, 13:00"], "mdy"),
        (["01/02/21, 13:00", "02/02/21, 13:00", "01/03/21, 13:00"], "dmy"),
        (["1/2/21, 1:00 PM"], "mdy"),
        (["01.02.21, 13:00"], "dmy"),
        (["2021-02-01, 13:00"], "ymd"),
    ],
)
def test_the_order_of_dates_is_told_from_the_file(dates: list[str], order: str) -> None:
    assert date_order([f"{date} - Ann: Words." for date in dates]) == order


def test_a_diary_is_no_chat() -> None:
    assert not is_chat(["2021-02-01, 13:00 - went to the harbour", "2021-02-02, 13:00 - again"])
    assert not is_chat(["Dear Ben,", "31.12.20, 22:22 - Ben: Kommst du?"])
    assert is_chat(ANDROID.splitlines())
    assert is_chat(IPHONE.splitlines())


NAMES = st.sampled_from(["Ann", "Ben Ó Briain", "+49 170 1234567"])
WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1).map(
    lambda text: f"So {' '.join(text.split())} it is"
)
MOMENTS = st.integers(0, 10**6).map(
    lambda n: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


@given(
    st.lists(st.tuples(MOMENTS, NAMES, st.lists(WORDS, min_size=1, max_size=3)), max_size=6),
    st.sampled_from(
        [
            ("dmy", "[{0:%d/%m/%Y, %H:%M:%S}] {1}: {2}"),
            ("mdy", "{0:%m/%d/%y, %I:%M %p} - {1}: {2}"),
            ("dmy", "{0:%d.%m.%y, %H:%M} - {1}: {2}"),
            ("ymd", "[{0:%Y-%m-%d, %H.%M.%S}] {1}: {2}"),
        ]
    ),
)
def test_what_is_written_is_read(
    said: list[tuple[datetime, str, list[str]]], layout: tuple[str, str]
) -> None:
    order, form = layout
    lines = [line for m, who, text in said
             for line in form.format(m, who, "\n".join(text)).split("\n")]  # fmt: skip
    expected = [Line(moment, who, "\n".join(text)) for moment, who, text in said]
    assert list(messages(lines, order)) == expected  # type: ignore[arg-type]


@given(st.lists(st.text() | st.from_regex(r"\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}, \d\d:\d\d.*")))
def test_whatever_the_lines_hold_is_read(lines: list[str]) -> None:
    is_chat(lines)
    for line in messages(lines, date_order(lines)):
        assert line.when.tzinfo
