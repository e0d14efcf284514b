"""Who tunes and who reports in the study of recipes."""

from hypothesis import given
from hypothesis import strategies as st

from scripts.bench.people_split import PEOPLE, part_of, those


def test_two_thirds_tune_and_one_third_reports() -> None:
    assert len(those("tune")) == 11
    assert those("report") == [
        "blog-vincentbernat",
        "enron-beck-s",
        "enron-mcconnell-m",
        "letters-stewart",
        "panza-david",
    ]


def test_who_was_tuned_on_before_tunes() -> None:
    assert part_of("enron-scott-s") == "tune"


def test_whoever_is_not_known_never_reports() -> None:
    assert part_of("somebody-else") == "tune"


@given(st.lists(st.text("abc", min_size=1, max_size=3), max_size=12))
def test_everybody_is_in_one_part_whatever_the_order(names: list[str]) -> None:
    assert sorted([*those("tune", names), *those("report", names)]) == sorted(set(names))
    assert those("report", names) == those("report", reversed(names))


def test_the_names_are_sorted_and_each_is_there_once() -> None:
    assert list(PEOPLE) == sorted(set(PEOPLE))
