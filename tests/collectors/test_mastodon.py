"""Mastodon archives: own posts as words, and of nothing else."""

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from collector_contract import CollectorContract, Pass, World, gather

from microtune.contracts import Collector
from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors.mastodon import plain
from microtune_collectors.registry import kind_of, open_collector

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ANN = "https://social.example/users/ann"


def post(name: str, content: str, **more: Any) -> dict[str, Any]:
    note = {
        "id": f"{ANN}/statuses/{name}",
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "published": "2024-05-02T10:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{ANN}/followers"],
        "content": content,
    }
    return {"type": "Create", "actor": ANN, "object": {**note, **more}}


BOOST = {"type": "Announce", "actor": ANN, "object": "https://other.example/1", "to": [PUBLIC]}


def outbox(*activities: object) -> str:
    items = list(activities)
    return json.dumps({"type": "OrderedCollection", "totalItems": 1, "orderedItems": items})


def archive(folder: Path, *activities: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "actor.json").write_text("{}")
    (folder / "outbox.json").write_text(outbox(*activities))
    return folder


def read(place: Path) -> Pass:
    return gather(open_collector(Source("mastodon", str(place))).collect({}))


class MastodonWorld(World):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.posts: dict[str, object] = {}

    def collector(self) -> Collector:
        return open_collector(Source("mastodon", str(self.root)))

    def put(self, name: str, text: str) -> None:
        self.posts[name] = post(name, f"<p>{text}</p>")
        archive(self.root, *self.posts.values())

    def spoil(self, name: str) -> None:
        self.posts = {name: {"type": "Create", "object": 7}, **self.posts}
        archive(self.root, *self.posts.values())


class TestMastodon(CollectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return MastodonWorld(tmp_path / "archive")


def test_own_posts_and_only_they(tmp_path: Path) -> None:
    direct = post("3", "<p>Between us.</p>", to=["https://x.example/users/ben"], cc=[])
    followers = post("4", "<p>For friends.</p>", to=[f"{ANN}/followers"], cc=[])
    read_ = read(archive(tmp_path / "a", BOOST, post("1", "<p>Mine.</p>"), direct, followers))
    assert read_.texts == {"Mine.", "For friends."}
    assert sorted(skip.reason for skip in read_.skipped) == [
        "direct message",
        "not written by you",
    ]


def test_what_is_known_of_a_post(tmp_path: Path) -> None:
    answer = post("9", "<p>Yes.</p>", inReplyTo="https://x.example/7", summary="On roses")
    (found,) = read(archive(tmp_path / "a", answer)).found
    assert (found.kind, found.place, found.subject) == ("post", "9", "On roses")
    assert found.labels == ("in reply to https://x.example/7",)
    assert found.written is not None
    assert found.written.isoformat() == "2024-05-02T10:00:00+00:00"


def test_links_and_the_names_that_a_reply_begins_with_go() -> None:
    mention = '<span class="h-card"><a href="x" class="u-url mention">@<span>ben</span></a></span>'
    link = '<a href="https://a.example/b" rel="nofollow"><span class="invisible">https://</span>a'
    tag = '<a href="y" class="mention hashtag" rel="tag">#<span>roses</span></a>'
    content = f"<p>{mention} {mention} I like {tag} &amp; {mention}: {link}</a></p><p>So.</p>"
    assert plain(content, is_reply=True) == "I like #roses & @ben:\n\nSo."
    assert plain(content, is_reply=False).startswith("@ben @ben I like")


@pytest.mark.parametrize("name", ["archive-20240502101112-0a1b2c.tar.gz", "mine.zip"])
def test_archives_are_read_where_they_lie(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    files = {"media_attachments/1.png": b"\0", "actor.json": b"{}"}
    files["outbox.json"] = outbox(post("1", "<p>Packed.</p>")).encode()
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as packed:
            for inside, data in files.items():
                packed.writestr(inside, data)
    else:
        with tarfile.open(path, "w:gz") as tar:
            for inside, data in files.items():
                info = tarfile.TarInfo(inside)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    assert kind_of(path) == "mastodon"
    assert read(path).texts == {"Packed."}


def test_an_archive_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    folder = archive(tmp_path / "a", post("1", "<p>Whole.</p>"), post("2", "<p>Cut.</p>"))
    whole = (folder / "outbox.json").read_text()
    (folder / "outbox.json").write_text(whole[:-60])
    first = read(folder)
    assert first.texts == {"Whole."}
    assert first.reasons == {"damaged archive"}
    (folder / "outbox.json").write_text(whole)
    again = gather(open_collector(Source("mastodon", str(folder))).collect(first.marks))
    assert again.texts == {"Cut."}


def test_what_unpacks_without_bound_is_not_unpacked(tmp_path: Path) -> None:
    """bzip2 makes a gigabyte out of a kilobyte, and zipfile and tarfile do so at once."""
    data = outbox(post("1", "<p>Packed.</p>")).encode()
    with zipfile.ZipFile(tmp_path / "mine.zip", "w", zipfile.ZIP_BZIP2) as packed:
        packed.writestr("outbox.json", data)
    assert read(tmp_path / "mine.zip").reasons == {"damaged archive"}
    with tarfile.open(tmp_path / "mine.tar.gz", "w:bz2") as tar:
        tar.addfile(tarfile.TarInfo("outbox.json"), io.BytesIO(data))
    with pytest.raises(MicrotuneError, match="is damaged"):
        read(tmp_path / "mine.tar.gz")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    for name in ("archive-20240502101112-0a1b2c.tar.gz", "archive-20240502101112-0a1b2c.zip"):
        (tmp_path / name).write_bytes(b"no archive at all")
        with pytest.raises(MicrotuneError, match=r"is damaged .*Download"):
            read(tmp_path / name)
    with pytest.raises(MicrotuneError, match="is gone"):
        read(tmp_path / "gone.zip")
