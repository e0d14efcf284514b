"""Signal's own export: what was sent, to whom, and what it answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from collector_contract import CollectorContract, Pass, World, gather
from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Collector
from microtune.words import Source
from microtune_collectors.registry import kind_of, open_collector, open_source
from microtune_collectors.signal_chats import read_message

START = 1_700_000_000_000  # milliseconds
PEOPLE: list[dict[str, Any]] = [
    {"version": "1", "backupTimeMs": "1"},
    {"account": {"givenName": "Ann"}},
    {"recipient": {"id": "1", "self": {}}},
    {"recipient": {"id": "2", "contact": {"profileGivenName": "Ben", "profileFamilyName": "Ó"}}},
    {"recipient": {"id": "3", "group": {"snapshot": {"title": {"title": "Choir"}}}}},
    {"chat": {"id": "1", "recipientId": "2"}},
    {"chat": {"id": "2", "recipientId": "3"}},
]


def item(
    minute: float, text: str, chat: str = "1", mine: bool = True, **more: Any
) -> dict[str, Any]:
    direction = {"outgoing": {"sendStatus": []}} if mine else {"incoming": {"read": True}}
    return {
        "chatItem": {
            "chatId": chat,
            "authorId": "1" if mine else "2",
            "dateSent": str(START + int(minute * 60_000)),
            "standardMessage": {"text": {"body": text}, **more},
            **direction,
        }
    }


def export(folder: Path, *frames: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.json").write_text('{"version": 1}')
    lines = [json.dumps(frame) for frame in (*PEOPLE, *frames)]
    (folder / "main.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def read(place: Path) -> Pass:
    return gather(open_collector(open_source(str(place))).collect({}))


class SignalWorld(World):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.items: dict[str, object] = {}
        self.minutes: dict[str, float] = {}

    def collector(self) -> Collector:
        return open_collector(Source("signal", str(self.root)))

    def put(self, name: str, text: str) -> None:
        minute = self.minutes.setdefault(name, 60.0 * len(self.minutes))
        self.items[name] = item(minute, text)
        export(self.root, *self.items.values())

    def spoil(self, name: str) -> None:
        self.items = {name: {"chatItem": {"outgoing": {}, "chatId": "1"}}, **self.items}
        export(self.root, *self.items.values())


class TestSignal(CollectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return SignalWorld(tmp_path / "export")


def test_what_was_sent_in_one_go_is_one_text_though_chats_mix(tmp_path: Path) -> None:
    folder = export(
        tmp_path / "s",
        item(0, "Will you come?", mine=False),
        item(1, "Yes,"),
        item(1.5, "To all of you.", chat="2"),
        item(2, "\ufffc at nine."),
    )
    assert kind_of(folder) == "signal"
    found = {f.text: f for f in read(folder).found}
    assert set(found) == {"Yes,\nat nine.", "To all of you."}
    one, group = found["Yes,\nat nine."], found["To all of you."]
    assert (one.recipients, one.answered, one.kind) == (("Ben Ó",), "Will you come?", "chat")
    assert (group.recipients, group.subject, group.answered) == ((), "Choir", "")
    assert one.written is not None


def test_a_quoted_message_is_what_is_answered(tmp_path: Path) -> None:
    quote = {"quote": {"text": {"body": "Who sings the solo?"}, "authorId": "2"}}
    folder = export(tmp_path / "s", item(0, "I do.", chat="2", **quote))
    assert [f.answered for f in read(folder).found] == ["Who sings the solo?"]


def test_others_words_and_what_is_no_text_are_left_out(tmp_path: Path) -> None:
    sticker = {
        "chatItem": {"chatId": "1", "dateSent": str(START), "outgoing": {}, "stickerMessage": {}}
    }
    update = {"chatItem": {"chatId": "1", "dateSent": str(START), "directionless": {}}}
    folder = export(tmp_path / "s", item(0, "Theirs.", mine=False), sticker, update)
    with (folder / "main.jsonl").open("a") as file:
        file.write("{broken\n[]\n")
    result = read(folder)
    assert result.found == []
    assert sorted(skip.reason for skip in result.skipped) == [
        "damaged line",
        "machine-made",
        "no text",
        "not written by you",
    ]


KEYS = st.sampled_from(["dateSent", "outgoing", "standardMessage", "authorId"])
VALUES = st.none() | st.text() | st.integers() | st.floats() | st.dictionaries(st.text(), st.text())


@given(st.dictionaries(KEYS, VALUES))
def test_whatever_a_frame_holds_is_taken_or_skipped(frame: dict[str, Any]) -> None:
    assert read_message(frame, "place", {}).place
