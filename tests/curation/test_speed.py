"""Huge or hostile mails take bounded time: no expression may backtrack its way through them."""

import pytest

from microtune.curation.curator import Curator
from microtune.words import Found

SIZE = 1_000_000
UNITS = [
    *("a", " ", "_", ">", "\n", "\t", "a.", "f(", "1", "1234 ", "AB12 ", "a-", "a=b&", "- \n"),
    *(
        "> a\n",
        "> a\nb c\n",
        "To: x\n",
        "From: x\n",
        "To: a\ncc: b\n",
        "On 1/2/2001 10:11\n",
        "--\n",
    ),
    *("password is ", "555-1234 ", "http://a:b@c ", "this message is confidential ", "x = 1;\n"),
    *("-----BEGIN PRIVATE KEY-----\n", "---- Forwarded by x\n", "Thanks,\nBob\n", "virus\n\n"),
]


@pytest.mark.timeout(600)  # more than that takes hours, not seconds
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", ["mail", "text"])
def test_a_megabyte_of_anything_is_bounded(unit: str, kind: str) -> None:
    Curator().admit(Found("here", unit * (SIZE // len(unit)), kind))
