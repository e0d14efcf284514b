"""A remedy begins with what the system says is wrong."""

import errno

import pytest

from microtune.errors import first_aid


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "Make room on that disk"),
        (errno.EFBIG, "Make room on that disk"),
        (errno.EMFILE, "Close other programs"),
        (errno.EIO, "Check that disk"),
    ],
)
def test_the_first_aid_follows_the_system(number: int, said: str) -> None:
    assert first_aid(OSError(number, "")) == said
    covered = RuntimeError("what torch says")
    covered.__context__ = OSError(number, "")
    assert first_aid(covered) == said


def test_without_a_word_of_the_system_it_is_room() -> None:
    assert first_aid(RuntimeError("the archive cannot be written")) == "Make room on that disk"
    assert first_aid(OSError("1024 requested and 704 written")) == "Make room on that disk"
