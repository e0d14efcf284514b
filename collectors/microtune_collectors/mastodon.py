"""A Mastodon archive: the `outbox.json` of ActivityStreams in a .zip, a .tar.gz or a folder.

Own posts only, with their content warning as subject. Boosts and direct messages are left out.
Source: Mastodon's `BackupService`; W3C ActivityStreams 2.0; ActivityPub, section 5.1.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import dates, html_text
from microtune_collectors.chat import NOT_MINE
from microtune_collectors.export import read_export
from microtune_collectors.json_items import items, text_at
from microtune_collectors.members import Member

POSTS = ("Note", "Question", "Article")
PUBLIC = ("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public")

_LINK = re.compile(r"<a\b(?![^<>]*\b(?:mention|hashtag)\b)[^<>]*>(?:(?!<a\b).)*?</a>", re.S | re.I)
_MENTIONS = re.compile(r"(?:@[\w.-]+(?:@[\w.-]+)?\s+)+", re.A)


class MastodonCollector:
    """One archive, as the server's "Import and export" page hands it out."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from read_export(Path(self.source.place), is_outbox, _read, marks)


def is_outbox(name: str) -> bool:
    """Whether a file of an archive holds the posts."""
    return name.rpartition("/")[2] == "outbox.json"


def _read(files: Iterator[Member]) -> Iterator[Found | Skip]:
    for file in files:
        with file.open() as stream:
            for number, activity in enumerate(items(stream, r'"orderedItems"\s*:')):
                yield read_activity(activity, f"{file.name}/{number}")


def read_activity(activity: object, place: str) -> Found | Skip:
    """The post in an activity, or why it is none of the owner's. `place`: where it has no id."""
    if not isinstance(activity, dict):
        return Skip(place, "not a post")
    post = activity.get("object")
    if activity.get("type") == "Announce":
        return Skip(place, NOT_MINE, "boost")
    if activity.get("type") != "Create" or not isinstance(post, dict):
        return Skip(place, "not a post", text_at(activity, "type"))
    place = text_at(post, "id").rstrip("/").rpartition("/")[2] or place
    if post.get("type") not in POSTS:
        return Skip(place, "not a post", text_at(post, "type"))
    if _is_direct(post):
        return Skip(place, "direct message")
    answers = text_at(post, "inReplyTo")
    text = plain(text_at(post, "content"), is_reply=bool(answers))
    if not text:
        return Skip(place, "no text")
    return Found(
        place=place,
        text=text,
        kind="post",
        author=text_at(activity, "actor"),
        written=dates.from_value(text_at(post, "published")),
        subject=" ".join(text_at(post, "summary").split()),
        labels=(f"in reply to {answers}",) if answers else (),
    )


def plain(content: str, *, is_reply: bool) -> str:
    """The words of a post: links go, and so do the names that a reply begins with."""
    text = html_text.to_text(_LINK.sub("", content), keep_code=True)
    return (_MENTIONS.sub("", f"{text}\n", count=1) if _begins(text, is_reply) else text).strip()


def _begins(text: str, is_reply: bool) -> bool:
    return is_reply and _MENTIONS.match(f"{text}\n") is not None


def _is_direct(post: Mapping[str, Any]) -> bool:
    """Addressed to neither the public nor the followers, as the Mastodon API defines "direct"."""
    to = [str(one) for key in ("to", "cc") for one in _listed(post.get(key))]
    return not any(one in PUBLIC or one.endswith("/followers") for one in to)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value else []
