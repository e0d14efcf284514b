"""Archives of X: own posts as words; the JavaScript around them is read as a stream."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from collector_contract import CollectorContract, Pass, World, gather
from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Collector
from microtune.words import Source
from microtune_collectors import json_items
from microtune_collectors.json_items import Damaged
from microtune_collectors.registry import kind_of, open_collector
from microtune_collectors.twitter import plain, read_note, read_tweet

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
START = r"window\.YTD\.\w+\.part\d+\s*="


def tweet(name: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "tweet": {
            "id_str": name,
            "full_text": text,
            "created_at": "Wed Oct 10 20:19:24 +0000 2018",
            **more,
        }
    }


def note(name: str, text: str) -> dict[str, Any]:
    core = {"text": text, "urls": []}
    return {
        "noteTweet": {"noteTweetId": name, "core": core, "createdAt": "2023-02-10T12:00:00.000Z"}
    }


def assigned(entries: object, name: str = "tweets") -> str:
    return f"window.YTD.{name}.part0 = {json.dumps(entries, ensure_ascii=False)}"


def archive(folder: Path, *tweets: object, notes: tuple[object, ...] = ()) -> Path:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "tweets.js").write_text(assigned(list(tweets)))
    (folder / "data" / "note-tweet.js").write_text(assigned(list(notes), "note_tweet"))
    (folder / "data" / "direct-messages.js").write_text(assigned([tweet("dm", "Secret.")]))
    return folder


def read(place: Path) -> Pass:
    return gather(open_collector(Source("twitter", str(place))).collect({}))


class TwitterWorld(World):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.tweets: dict[str, object] = {}

    def collector(self) -> Collector:
        return open_collector(Source("twitter", str(self.root)))

    def put(self, name: str, text: str) -> None:
        self.tweets[name] = tweet(name, text)
        archive(self.root, *self.tweets.values())

    def spoil(self, name: str) -> None:
        self.tweets = {name: {"tweet": 7}, **self.tweets}
        archive(self.root, *self.tweets.values())


class TestTwitter(CollectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return TwitterWorld(tmp_path / "archive")


def test_own_posts_and_only_they(tmp_path: Path) -> None:
    folder = archive(
        tmp_path / "x",
        tweet("1", "Roses &amp; thorns https://t.co/AbC123"),
        tweet("2", "RT @ben: not mine"),
        tweet("3", "@ben @ann Yes, on Sunday.", in_reply_to_screen_name="ben"),
        tweet("4", "https://t.co/AbC123"),
    )
    assert kind_of(folder) == "twitter"
    result = read(folder)
    assert result.texts == {"Roses & thorns", "Yes, on Sunday."}
    assert {found.labels for found in result.found} == {(), ("in reply to @ben",)}
    assert {found.written and found.written.year for found in result.found} == {2018}
    assert sorted(skip.reason for skip in result.skipped) == ["no text", "not written by you"]


def test_a_long_post_is_taken_whole_and_once(tmp_path: Path) -> None:
    long = "All that I ever thought of the garden, and of who may walk in it. " * 8
    folder = archive(
        tmp_path / "x", tweet("1", f"{long[:270]}… https://t.co/q"), notes=(note("2", long),)
    )
    result = read(folder)
    assert result.texts == {long.strip()}
    assert result.reasons == {"beginning of a longer post"}


@given(st.lists(JSON), st.integers(1, 40))
def test_every_array_comes_back_item_by_item(entries: list[object], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_items, "BLOCK", block)
        stream = io.BytesIO(f"{assigned(entries)}\n".encode())
        assert list(json_items.items(stream, START)) == entries


@given(st.lists(JSON), st.data())
def test_an_array_that_breaks_off_gives_its_beginning(
    entries: list[object], data: st.DataObject
) -> None:
    whole = assigned(entries).encode()
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    got: list[object] = []
    with pytest.raises(Damaged):
        got.extend(json_items.items(io.BytesIO(cut), START))
    assert got == entries[: len(got)]


@given(st.binary())
def test_whatever_a_file_holds_is_an_item_or_damage(data: bytes) -> None:
    try:
        for item in json_items.items(io.BytesIO(b"window.YTD.tweets.part0 = [" + data), START):
            read_tweet(item, "place")
    except Damaged:
        pass


@given(JSON | st.fixed_dictionaries({"tweet": JSON, "noteTweet": JSON}))
def test_whatever_an_entry_holds_is_taken_or_skipped(entry: object) -> None:
    for item in (read_tweet(entry, "place"), read_note(entry, "place")):
        assert item.place


@given(st.text())
def test_plain_is_the_same_the_second_time(text: str) -> None:
    once = plain(text.replace("&", ""), is_reply=False)
    assert plain(once, is_reply=False) == once


def test_deep_nesting_is_damage() -> None:
    with pytest.raises(Damaged):
        list(json_items.items(io.BytesIO(b"window.YTD.t.part0 = [" + b"[" * 200_000), START))
