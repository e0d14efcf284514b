"""Dates as people, file names and mailers write them. Knows nothing of files or messages.

Every date returned is timezone-aware; a date without a zone is taken as UTC.
"""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

# Clocks that were never set: the epochs of classic Mac OS, Unix and DOS.
UNSET_CLOCKS = (date(1904, 1, 1), date(1970, 1, 1), date(1980, 1, 1))
AHEAD = timedelta(days=2)  # how far a date may lie ahead of now and still be believed
LARGEST_NUMBER = 10**14  # YYYYMMDDhhmmss
FORMATS = (
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %Y",
    "%Y-%m",
    "%Y",
)

_NAMED = re.compile(
    r"(?<!\d)(?:"
    r"(?P<y>\d{4})[-_./](?P<m>\d\d)(?:[-_./](?P<d>\d\d))?"
    r"|(?P<cy>\d{4})(?P<cm>\d\d)(?P<cd>\d\d)(?:\d{4}|\d{6})?"
    r")(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_ORG = re.compile(r"[<\[](\d{4}-\d\d-\d\d)(?:[^\d\]>]*(\d{1,2}:\d\d))?")


def aware(moment: datetime) -> datetime:
    """The same moment with a zone: its own, else UTC."""
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)


def believable(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment, or None if it lies ahead of `now`."""
    return moment if moment and moment <= now + AHEAD else None


def clock_was_set(moment: datetime) -> bool:
    """False within a day of the dates that computers show whose clock was never set."""
    try:
        day = moment.astimezone(UTC).date()
    except (OverflowError, ValueError):
        return False
    return all(abs(day - unset) > timedelta(days=1) for unset in UNSET_CLOCKS)


def from_stamp(seconds: float, now: datetime) -> datetime | None:
    """The date of a file by its modification time, None where archives or clocks left none."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return believable(moment, now) if clock_was_set(moment) else None


def from_value(value: object) -> datetime | None:
    """The date in a front matter value or a document property: a date, or text in a usual form."""
    if isinstance(value, datetime):
        return aware(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        return _from_text(str(value)) if 0 < value < LARGEST_NUMBER else None
    if isinstance(value, str):
        return _from_text(value.strip())
    return None


def from_org(text: str) -> datetime | None:
    """The date in an Org timestamp such as `<2021-03-04 Thu 10:00>`, or in plain text."""
    stamp = _ORG.search(text)
    return from_value(f"{stamp[1]} {stamp[2] or '00:00'}" if stamp else text)


def from_name(place: str) -> datetime | None:
    """The date in a relative path: YYYY-MM-DD, YYYY-MM, YYYYMMDD or YYYY in the file's name,
    else one with a month in the folders above. A month or day of 00 counts as 1.
    """
    name = place.rpartition("/")[2]
    for text in (name, place):
        for match in _NAMED.finditer(text):
            groups = match.groupdict()
            year, month, day = (groups[k] or groups[f"c{k}"] or "01" for k in "ymd")
            if found := _valid(int(year), int(month) or 1, int(day) or 1):
                return found
        if text == name:
            for match in _YEAR.finditer(name):
                if found := _valid(int(match[0]), 1, 1):
                    return found
    return None


def from_mail(value: str) -> datetime | None:
    """The date in a Date or Received header or a From_ line (RFC 5322 and what mailers make)."""
    try:
        return aware(parsedate_to_datetime(value))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _valid(year: int, month: int, day: int) -> datetime | None:
    if not 1000 <= year <= 2100:
        return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _from_text(text: str) -> datetime | None:
    if len(text) > 64:
        return None
    try:
        return aware(datetime.fromisoformat(text))
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return aware(datetime.strptime(text, form))
        except ValueError:
            continue
    return from_mail(text)
