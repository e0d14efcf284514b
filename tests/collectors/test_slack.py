"""Slack exports: what one person typed, as plain text, and what a thread's replies answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from collector_contract import CollectorContract, Pass, World, gather
from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Collector
from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors.registry import kind_of, open_collector, open_source
from microtune_collectors.slack import People, read_message
from microtune_collectors.slack_text import plain

USERS: list[dict[str, Any]] = [
    {"id": "U1", "name": "ann", "profile": {"email": "Ann@Example.org", "display_name": "Ann H"}},
    {"id": "U2", "name": "ben", "real_name": "Ben Ó Briain", "profile": {}},
]


def message(ts: float, text: str, user: str = "U1", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": f"{ts:.6f}", **more}


def export(folder: Path, days: dict[str, list[object]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, object] = {
        "users.json": USERS,
        "channels.json": [{"id": "C1", "name": "general"}],
        "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
        **days,
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    return folder


def read(place: Path, me: str = "ann@example.org") -> Pass:
    return gather(open_collector(Source("slack", str(place), (me,))).collect({}))


class SlackWorld(World):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.messages: dict[str, dict[str, Any]] = {}

    def collector(self) -> Collector:
        return open_collector(Source("slack", str(self.root), ("u1",)))

    def put(self, name: str, text: str) -> None:
        before = self.messages.get(name, message(1e9 + 3600 * len(self.messages), ""))
        self.messages[name] = {**before, "text": text}
        export(self.root, {"general/2024-05-01.json": list(self.messages.values())})

    def spoil(self, name: str) -> None:
        self.messages = {name: {"type": "message", "ts": 7}, **self.messages}
        export(self.root, {"general/2024-05-01.json": list(self.messages.values())})


class TestSlack(CollectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return SlackWorld(tmp_path / "export")


@pytest.mark.parametrize("me", ["U1", "Ann@example.org", "ann", "Ann H"])
def test_a_person_is_known_by_id_mail_or_name(tmp_path: Path, me: str) -> None:
    folder = export(
        tmp_path / "s", {"general/2024-05-01.json": [message(1e9, "Mine."), message(1, "X", "U2")]}
    )
    assert kind_of(folder) == "slack"
    source = open_source(str(folder), me=(me,))
    result = gather(open_collector(source).collect({}))
    assert result.texts == {"Mine."}
    assert [found.author for found in result.found] == ["Ann H"]


def test_bots_and_slack_itself_are_left_out(tmp_path: Path) -> None:
    days: list[object] = [
        message(1e9, "Ann has joined the channel", subtype="channel_join"),
        message(1e9, "I am a bot.", bot_id="B1"),
        message(1e9, ""),
    ]
    result = read(export(tmp_path / "s", {"general/2024-05-01.json": days}))
    assert result.found == []
    reasons = sorted(skip.reason for skip in result.skipped)
    assert reasons == ["machine-made", "machine-made", "no text"]


def test_a_reply_in_a_thread_answers_its_first_message_though_days_lie_between(
    tmp_path: Path,
) -> None:
    head = message(1e9, "Who brings the ladder?", "U2", thread_ts=f"{1e9:.6f}")
    aside = message(1e9 + 90000, "Unrelated.")
    reply = message(1e9 + 90001, "I do, as ever.", thread_ts=f"{1e9:.6f}")
    days = {"general/2024-05-01.json": [head], "general/2024-05-02.json": [aside, reply]}
    found = {f.text: f for f in read(export(tmp_path / "s", days)).found}
    assert found["I do, as ever."].answered == "Who brings the ladder?"
    assert found["Unrelated."].answered == ""
    assert found["Unrelated."].subject == "#general"


def test_in_a_conversation_of_two_what_came_before_is_answered(tmp_path: Path) -> None:
    days: list[object] = [
        message(1e9, "Come?", "U2"),
        message(1e9 + 9, "Yes."),
        message(1e9 + 60, "At nine."),
    ]
    (found,) = read(export(tmp_path / "s", {"D1/2024-05-01.json": days})).found
    assert (found.text, found.answered) == ("Yes.\nAt nine.", "Come?")
    assert (found.recipients, found.subject) == (("Ben Ó Briain",), "")


def test_a_damaged_day_costs_that_day(tmp_path: Path) -> None:
    folder = export(tmp_path / "s", {"general/2024-05-02.json": [message(1e9, "Whole.")]})
    (folder / "general" / "2024-05-01.json").write_text('[{"type": "mess')
    result = read(folder)
    assert (result.texts, result.reasons) == ({"Whole."}, {"damaged file"})


def test_who_is_not_there_is_told(tmp_path: Path) -> None:
    folder = export(tmp_path / "s", {})
    with pytest.raises(MicrotuneError, match="--me NAME"):
        open_source(str(folder))
    with pytest.raises(MicrotuneError, match=r"nobody in .* is called carol"):
        read(folder, "carol")
    (folder / "users.json").write_text("[")
    with pytest.raises(MicrotuneError, match="is damaged"):
        read(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U2> <https://a.example|the list> &amp; <#C1|general>", "@Ben the list & #general"),
        ("<!here> go to <https://a.example/b>", "@here go to"),
        ("*All* _of_ ~it~ is `mine`", "All of it is mine"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("&gt; they said\nI say\n```code```", "I say"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
    ],
)  # fmt: skip
def test_mrkdwn_becomes_words(text: str, expected: str) -> None:
    assert plain(text, {"U2": "Ben"}) == expected


@given(st.recursive(st.none() | st.text() | st.integers(), lambda s: st.dictionaries(
    st.sampled_from(["ts", "text", "user", "subtype", "x"]), s)))  # fmt: skip
def test_whatever_an_entry_holds_is_taken_or_skipped(entry: object) -> None:
    assert read_message(entry, "place", "general", People({}, frozenset(), {})).place
