"""Which service an export is of, told by the names of the files in it. Knows nothing of content."""

import re
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_collectors import members
from microtune_collectors.browser import is_history
from microtune_collectors.mastodon import is_outbox
from microtune_collectors.signal_chats import FRAMES
from microtune_collectors.slack import USERS
from microtune_collectors.twitter import is_tweets
from microtune_collectors.whatsapp import is_whatsapp

# kinds that hold no mail whose sender could be guessed
NO_MAIL = ("mastodon", "twitter", "slack", "whatsapp", "signal", "browser")
NAMED = ("slack", "whatsapp")  # kinds whose owner has to say who they are
CHAT = "_chat.txt"  # WhatsApp's name for the one text in its .zip
TAR_HEAD = 20  # files: a tar has no table of contents, and media of gigabytes may come first
_MASTODON = re.compile(r"^archive-\d{14}-[0-9a-f]+\.(?:zip|tar\.gz)$")


def export_kind(path: Path) -> str | None:
    """The kind of an export, None for what is none. Never "browser": that has to be asked for.

    Raises `MicrotuneError` for a browser's history, with how to ask for it.
    """
    if is_history(path) and path.is_file():
        raise MicrotuneError(
            f"{path} looks like a browser's history, which is read only if you ask for it",
            f"For interests, never for training: microtune sources add --kind browser {path}",
        )
    if _MASTODON.match(path.name):
        return "mastodon"
    if path.is_dir():
        return _of_names({entry.name for entry in path.iterdir()} | _below_data(path))
    if path.suffix.lower() == ".txt":
        return "whatsapp" if is_whatsapp(path) else None
    if path.suffix.lower() == ".zip" or members.is_tar(path):
        return _of_names(set(members.names(path, TAR_HEAD if members.is_tar(path) else None)))
    return None


def require_named(path: Path, kind: str, me: tuple[str, ...]) -> None:
    """Raises `MicrotuneError` where nobody said who in a chat the owner is."""
    if kind in NAMED and not me:
        raise MicrotuneError(
            f"{path} does not tell who of those who write there you are",
            "Say so with --me NAME, as it is spelt there (for Slack also id or e-mail). If it is "
            "no chat and all of it is yours: --kind folder.",
        )


def _of_names(names: set[str]) -> str | None:
    if CHAT in names:
        return "whatsapp"
    if {USERS, "channels.json"} <= names:
        return "slack"
    if {FRAMES, "metadata.json"} <= {name.rpartition("/")[2] for name in names}:
        return "signal"
    if any(map(is_tweets, names)):
        return "twitter"
    if "actor.json" in names and any(map(is_outbox, names)):
        return "mastodon"
    return None


def _below_data(path: Path) -> set[str]:
    """The archive of X keeps all in a folder called data."""
    data = path / "data"
    return {f"data/{entry.name}" for entry in data.iterdir()} if data.is_dir() else set()
