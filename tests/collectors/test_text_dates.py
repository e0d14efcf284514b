"""Dates in names and values."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune_collectors import dates


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("posts/2019-11-17-relaunch.md", (2019, 11, 17)),
        ("2019_11_17.txt", (2019, 11, 17)),
        ("01-1909-04.txt", (1909, 4, 1)),
        ("1790-00-no001.txt", (1790, 1, 1)),
        ("1790-05-00.txt", (1790, 5, 1)),
        ("20191117.txt", (2019, 11, 17)),
        ("202301151230 note.md", (2023, 1, 15)),
        ("2011-android.md", (2011, 1, 1)),
        ("2019-20-season.txt", (2019, 1, 1)),
        ("2019/05/03/tea.md", (2019, 5, 3)),
        ("2020-01-02-tea/index.md", (2020, 1, 2)),
        ("posts/2019/tea.md", None),
        ("no001.txt", None),
        ("0999.txt", None),
        ("2101.txt", None),
        ("call 0123456789.txt", None),
        ("2019-02-31.txt", (2019, 1, 1)),
    ],
)
def test_names(place: str, expected: tuple[int, int, int] | None) -> None:
    assert dates.from_name(place) == (datetime(*expected, tzinfo=UTC) if expected else None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2020, 1, 2), datetime(2020, 1, 2, tzinfo=UTC)),
        ("2020-01-02T03:04:05Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02 03:04:05 +0000", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("January 2, 2020", datetime(2020, 1, 2, tzinfo=UTC)),
        ("2 Jan 2020", datetime(2020, 1, 2, tzinfo=UTC)),
        ("2.1.2020", datetime(2020, 1, 2, tzinfo=UTC)),
        ("Thu, 02 Jan 2020 03:04:05 +0000", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1812, datetime(1812, 1, 1, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_values(value: object, expected: datetime | None) -> None:
    assert dates.from_value(value) == expected


@given(st.text(max_size=80))
def test_any_text_gives_a_date_with_a_zone_or_none(text: str) -> None:
    for read in (dates.from_name, dates.from_value, dates.from_mail, dates.from_org):
        moment = read(text)
        assert moment is None or moment.utcoffset() is not None


@given(st.floats())
def test_any_stamp_gives_a_date_or_none(seconds: float) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    moment = dates.from_stamp(seconds, now)
    assert moment is None or moment <= now + dates.AHEAD
