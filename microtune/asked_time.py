"""The time that a question names: "in March", "last year", "before June 2001", "on 3 May 2001".

English only. Knows nothing of texts or of who asks.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"1[5-9]\d\d|20\d\d"
_LEAD = r"(?:(?P<{0}>before|until|till|since|after|from)|in|during|of|on|around|by|early|late|mid)"
_DATED = re.compile(
    rf"""\b(?:{_LEAD.format("lead")}\s+)?(?:the\s+)?(?:early\s+|late\s+|mid-?\s*)?
    (?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?
    (?P<month>{_MONTH})\b\.?
    (?:\s+(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?\b)?
    (?:,?\s+(?:of\s+)?(?P<year>{_YEAR})\b)?""",
    re.IGNORECASE | re.VERBOSE,
)
_ISO = re.compile(
    rf"\b(?:(?P<lead>before|until|since|after)\s+)?(?P<year>{_YEAR})-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b"
)
_IN_YEAR = re.compile(
    rf"\b{_LEAD.format('lead')}\s+(?:the\s+)?(?:year\s+|end\s+of\s+|summer\s+of\s+)?(?P<year>{_YEAR})\b",
    re.IGNORECASE,
)
_PASSED = re.compile(r"\b(?P<which>last|this|past)\s+(?P<unit>week|month|year)\b", re.IGNORECASE)
_AGO = re.compile(
    r"\b(?P<number>\d{1,3}|an?|two|three|four|five|six)\s+(?P<unit>day|week|month|year)s?\s+ago\b",
    re.IGNORECASE,
)
_NEAR = re.compile(r"\b(?P<which>yesterday|today)\b", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}


@dataclass(frozen=True, slots=True)
class Time:
    """From `first` to `last`, both days counted, None for open; `month` alone is that of any year.

    `words` are those of the question that say so; `said` are the words by which a text itself would
    speak of that time ("March", "2001"), none where it is told by today.
    """

    first: date | None = None
    last: date | None = None
    month: int | None = None
    words: str = ""
    said: tuple[str, ...] = ()

    def holds(self, moment: datetime | None) -> bool:
        """Whether it was then, by the clock of the place; an unknown moment was not."""
        if moment is None:
            return False
        try:
            day = moment.astimezone().date()
        except (OverflowError, ValueError, OSError):  # the first and the last year there is
            day = moment.date()
        if self.month is not None and day.month != self.month:
            return False
        return (self.first or date.min) <= day <= (self.last or date.max)


def asked_time(question: str, today: date) -> Time | None:
    """The first time that `question` names, seen from `today`; None where it names none."""
    for find in (_iso, _dated, _in_year, _relative):
        found = find(question, today)
        if found is not None:
            return found
    return None


def _iso(question: str, today: date) -> Time | None:
    match = _ISO.search(question)
    if match is None:
        return None
    day = int(match["day"]) if match["day"] else None
    return _from_parts(match, int(match["year"]), int(match["month"]), day)


def _dated(question: str, today: date) -> Time | None:
    for match in _DATED.finditer(question):
        day = match["day"] or match["day_after"]
        bare = not (day or match["year"]) and not _led(match)
        if bare and not match["month"][0].isupper():
            continue  # "may", "march", "mar": words
        if bare and match["month"].casefold() in ("may", "march", "mar", "jan", "august"):
            continue  # at the beginning of a sentence, or somebody's name
        month, year = _MONTHS[match["month"].casefold()], match["year"]
        found = _from_parts(match, int(year) if year else None, month, int(day) if day else None)
        if found is not None:
            return found
    return None


def _led(match: re.Match[str]) -> bool:
    return match.start("month") > match.start()


def _from_parts(match: re.Match[str], year: int | None, month: int, day: int | None) -> Time | None:
    """The day, month or month of any year, or what lies before or after it."""
    if not 1 <= month <= 12:
        return None
    if year is None:
        return Time(month=month, words=match.group(), said=_said(match))
    try:
        first = date(year, month, day or 1)
    except ValueError:
        return None
    last = first if day else date(year, month, calendar.monthrange(year, month)[1])
    return _bounded(match, first, last)


def _in_year(question: str, today: date) -> Time | None:
    match = _IN_YEAR.search(question)
    if match is None:
        return None
    year = int(match["year"])
    return _bounded(match, date(year, 1, 1), date(year, 12, 31))


def _bounded(match: re.Match[str], first: date, last: date) -> Time:
    words = match.group()
    match (match["lead"] or "").casefold():
        case "before":
            return Time(None, first - timedelta(1), words=words)
        case "until" | "till":
            return Time(None, last, words=words)
        case "since" | "from":
            return Time(first, None, words=words)
        case "after":
            return Time(last + timedelta(1), None, words=words)
    return Time(first, last, words=words, said=_said(match))


def _said(match: re.Match[str]) -> tuple[str, ...]:
    """The day, month and year of a match, as they stand there."""
    parts = match.groupdict()
    return tuple(parts[name] for name in ("day", "month", "day_after", "year") if parts.get(name))


def _relative(question: str, today: date) -> Time | None:
    if match := _NEAR.search(question):
        day = today - timedelta(match["which"].casefold() == "yesterday")
        return Time(day, day, words=match.group())
    if match := _PASSED.search(question):
        return _passed(match["which"].casefold(), match["unit"].casefold(), today, match.group())
    if match := _AGO.search(question):
        unit = match["unit"].casefold()
        number = _NUMBERS.get(match["number"].casefold()) or int(match["number"])
        # people round: "two weeks ago" may be ten days or eighteen
        middle = today - timedelta(min(number * _DAYS[unit], today.toordinal() - 1 - _DAYS[unit]))
        slack = timedelta(_DAYS[unit] * (unit != "day"))
        return Time(middle - slack, middle + slack, words=match.group())
    return None


def _passed(which: str, unit: str, today: date, words: str) -> Time:
    """ "last year" is the calendar's, "last week" began on Monday; "past" ends today."""
    if which == "past":
        return Time(today - timedelta(_DAYS[unit]), today, words=words)
    begin = {
        "week": today - timedelta(today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }[unit]
    if which == "this":
        return Time(begin, today, words=words)
    last = begin - timedelta(1)
    first = {
        "week": last - timedelta(6),
        "month": last.replace(day=1),
        "year": last.replace(month=1, day=1),
    }[unit]
    return Time(first, last, words=words)
