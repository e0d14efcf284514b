"""Moments as the store writes them: ISO 8601 in UTC, of one width, so they sort as text."""

from datetime import UTC, datetime


def now() -> str:
    """This moment, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def to_text(moment: datetime | None) -> str | None:
    """`moment` in UTC; None stays None, and so does what UTC cannot express (years 1 and 9999)."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:
        return None


def from_text(text: str | None) -> datetime | None:
    """The moment that `to_text` wrote."""
    return datetime.fromisoformat(text) if text else None
