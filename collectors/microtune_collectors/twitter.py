"""An archive of X, once Twitter: `data/tweets.js` and `data/note-tweet.js`, packed or unpacked.

Own posts only: no retweets, and of nothing but these two files. Each is JavaScript that assigns one
JSON array: `window.YTD.tweets.part0 = [{"tweet": {…}}, …]` (the archive's own README.txt).
"""

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import dates
from microtune_collectors.chat import NOT_MINE
from microtune_collectors.export import read_export
from microtune_collectors.json_items import items, part_at, text_at
from microtune_collectors.members import Member

_FILE = re.compile(r"(?:^|/)data/(?:(note-tweet)|tweets?)(?:-part\d+)?\.js$")
_ASSIGNED = r"window\.YTD\.\w+\.part\d+\s*="
_SHORTENED = re.compile(r"(?<!\s)\s*https?://t\.co/\w+")
_MENTIONS = re.compile(r"^(?:@\w{1,20}\s+)+")
_CUT = 60  # characters by which a shortened post is known as the beginning of a long one


class TwitterCollector:
    """One archive, as "Download an archive of your data" hands it out."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from read_export(Path(self.source.place), is_tweets, _read, marks)


def is_tweets(name: str) -> bool:
    """Whether a file of an archive holds posts."""
    return _FILE.search(name) is not None


def _read(files: Iterator[Member]) -> Iterator[Found | Skip]:
    """Long posts first ("note-tweet" sorts before "tweets"): their beginnings are in both."""
    longer: set[str] = set()
    for file in files:
        is_note = "note-tweet" in file.name
        with file.open() as stream:
            for number, entry in enumerate(items(stream, _ASSIGNED)):
                place = f"{file.name}/{number}"
                item = read_note(entry, place) if is_note else read_tweet(entry, place)
                if isinstance(item, Found):
                    if is_note:
                        longer.add(item.text[:_CUT])
                    elif item.text.endswith("…") and item.text[:_CUT] in longer:
                        item = Skip(item.place, "beginning of a longer post")
                yield item


def read_tweet(entry: object, place: str) -> Found | Skip:
    """The post in an entry of `tweets.js`, or why it is none of the owner's."""
    tweet = part_at(entry, "tweet")
    text = text_at(tweet, "full_text") or text_at(tweet, "text")
    place = text_at(tweet, "id_str") or place
    if text.startswith("RT @"):
        return Skip(place, NOT_MINE, "retweet")
    answers = text_at(tweet, "in_reply_to_screen_name")
    return _found(place, text, answers, text_at(tweet, "created_at"))


def read_note(entry: object, place: str) -> Found | Skip:
    """The long post in an entry of `note-tweet.js`."""
    note = part_at(entry, "noteTweet")
    text = text_at(part_at(note, "core"), "text")
    identity = text_at(note, "noteTweetId")
    return _found(f"note-{identity}" if identity else place, text, "", text_at(note, "createdAt"))


def plain(text: str, *, is_reply: bool) -> str:
    """The words of a post: shortened links go, and so do the names that a reply begins with."""
    text = _SHORTENED.sub("", html.unescape(text))
    return (_MENTIONS.sub("", text) if is_reply else text).strip()


def _found(place: str, text: str, answers: str, written: str) -> Found | Skip:
    words = plain(text, is_reply=bool(answers) or text.startswith("@")) if text else ""
    if not words:
        return Skip(place, "no text")
    return Found(
        place=place,
        text=words,
        kind="post",
        written=dates.from_value(written),
        labels=(f"in reply to @{answers}",) if answers else (),
    )
