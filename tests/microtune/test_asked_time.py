"""The time that a question names, seen from a Thursday in November 2026."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.asked_time import Time, asked_time

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("what did I write in March 2001?", date(2001, 3, 1), date(2001, 3, 31)),
        ("what about February 2000", date(2000, 2, 1), date(2000, 2, 29)),
        ("in 1805, to whom?", date(1805, 1, 1), date(1805, 12, 31)),
        ("on 3 May 2001", date(2001, 5, 3), date(2001, 5, 3)),
        ("on the 3rd of May 2001", date(2001, 5, 3), date(2001, 5, 3)),
        ("on May 3rd, 2001", date(2001, 5, 3), date(2001, 5, 3)),
        ("on 2001-05-03", date(2001, 5, 3), date(2001, 5, 3)),
        ("in 2001-05", date(2001, 5, 1), date(2001, 5, 31)),
        ("before June 2001", None, date(2001, 5, 31)),
        ("until June 2001", None, date(2001, 6, 30)),
        ("since 2010", date(2010, 1, 1), None),
        ("after 3 May 2001", date(2001, 5, 4), None),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("this year", date(2026, 1, 1), TODAY),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("last week", date(2026, 11, 16), date(2026, 11, 22)),
        ("in the past week", date(2026, 11, 19), TODAY),
        ("yesterday", date(2026, 11, 25), date(2026, 11, 25)),
        ("three days ago", date(2026, 11, 23), date(2026, 11, 23)),
        ("two weeks ago", date(2026, 11, 5), date(2026, 11, 19)),
    ],
)
def test_a_question_names_a_time(question: str, first: date | None, last: date | None) -> None:
    found = asked_time(question, TODAY)
    assert found
    assert (found.first, found.last, found.month) == (first, last, None)
    assert found.words in question


def test_a_month_alone_is_that_of_any_year() -> None:
    found = asked_time("what did I write to Tom in March?", TODAY)
    assert found
    assert (found.first, found.last, found.month) == (None, None, 3)
    assert found.holds(datetime(1999, 3, 15, tzinfo=UTC))
    assert not found.holds(datetime(1999, 4, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    "question",
    [
        "what may I tell Tom?",
        "did we march to the harbour?",
        "May I go?",
        "room 2001",
        "on 31 February 2001",
        "2001-13",
        "",
    ],
)
def test_these_name_none(question: str) -> None:
    assert asked_time(question, TODAY) is None


def test_an_unknown_moment_is_never_then() -> None:
    assert not Time().holds(None)
    assert Time().holds(datetime(2001, 5, 3, tzinfo=UTC))


WORDS = "in since before last year may March 31 2001 2001-02 ago week 999 of the , 9999 1500 two"


@given(
    st.lists(st.sampled_from(WORDS.split())).map(" ".join) | st.text(),
    st.dates(date(1, 3, 1), date(9999, 12, 31)),
    st.datetimes(timezones=st.just(UTC)),
)
def test_no_question_is_too_strange(question: str, today: date, moment: datetime) -> None:
    found = asked_time(question, today)
    if found:
        assert found.words in question
        found.holds(moment)
        if found.first and found.last:
            assert found.first <= found.last


def test_the_ends_of_all_time_are_no_trouble() -> None:
    for moment in (datetime.min, datetime.max - timedelta(1)):
        Time(first=date.min, last=date.max).holds(moment.replace(tzinfo=UTC))
