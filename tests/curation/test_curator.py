"""Own words of many invented mails, and what holds for any text at all."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microtune.curation import reasons
from microtune.curation.curator import Curator
from microtune.words import Found, Own, Skip
from tests.curation.cases import Case, ids
from tests.curation.mails_endings import ENDINGS
from tests.curation.mails_forwards import FORWARDS
from tests.curation.mails_replies import REPLIES

LETTER = "The river rose in the night and by noon the lower field was a lake with swans on it."
# Lines out of which hypothesis builds mails: prose, quotes, heads, signatures, code, secrets.
LINES = [
    *(
        "",
        "  ",
        "Hello Ida,",
        "Best,",
        "Jon",
        "--",
        "-- ",
        "thanks",
        "Yes.",
        "\tJon Berg",
        "\u200b",
    ),
    *("> quoted", ">> deeper", "> On Monday Ida wrote:", ">", "Ida wrote:", "[snip]", "IH> quoted"),
    *("On 4 Mar 2024, at 09:12, Ida <ida@kiln.example> wrote:", "-----Original Message-----"),
    *("From: Ida", "Sent: Monday", "To: Jon", "cc: ", "Subject: Kiln", "03/04/2001 09:12 AM"),
    *("---------- Forwarded message ----------", "Tel: 713-555-0199", "jon@kiln.example", "x3123"),
    *(
        "_______________________",
        "Bricks mailing list",
        "Do you Yahoo!?",
        "if you are not the intended",
    ),
    *("    def turn(self):", "        return 1", "Traceback (most recent call last):", "x = 1;"),
    *(
        "-----BEGIN PGP SIGNATURE-----",
        "begin 644 a.txt",
        "password: hunter2",
        "- an item of a list",
    ),
    *("A line that is long enough to have been wrapped by an editor at some column", LETTER),
    *(
        "which goes on here until the end of its sentence, where it stops at last.",
        "it. <http://a.b/c>",
    ),
]
bodies = st.lists(st.sampled_from(LINES) | st.text(max_size=40), max_size=30).map("\n".join)


def admit(text: str, kind: str = "mail", subject: str = "") -> Own | Skip:
    return Curator().admit(Found("here", text, kind, subject=subject))


@pytest.mark.parametrize("case", [*REPLIES, *FORWARDS, *ENDINGS], ids=ids)
def test_own_words_of_mail(case: Case) -> None:
    assert admit(case.text, subject=case.subject) == Own(case.own, case.answered)


@pytest.mark.parametrize("case", [*REPLIES, *FORWARDS, *ENDINGS], ids=ids)
def test_own_words_do_not_depend_on_line_ends(case: Case) -> None:
    assert admit(case.text.replace("\n", "\r\n"), subject=case.subject) == Own(
        case.own, case.answered
    )


@pytest.mark.parametrize(
    ("text", "kind", "subject", "reason"),
    [
        ("Fine.", "mail", "", reasons.TOO_SHORT),
        ("A line that is too short to be a text.", "text", "", reasons.TOO_SHORT),
        ("", "mail", "", reasons.TOO_SHORT),
        ("---- Forwarded by Jon on 03/04/2001\n\nAsh.", "mail", "", reasons.ONLY_FOREIGN),
        ("> only\n> quoted", "mail", "", reasons.ONLY_FOREIGN),
        (LETTER, "mail", "Automatic reply: Bricks", reasons.MACHINE_MADE),
        ("This is an automated message. " + LETTER, "mail", "", reasons.MACHINE_MADE),
        ("ash 4.5 3.5 2.5\nclay 1.5 2.5 3.5\nbone 9.5 8.5 7.5", "mail", "", reasons.NOT_PROSE),
        ("see https://a.example https://b.example now " * 3, "mail", "", reasons.NOT_PROSE),
    ],
)
def test_what_is_not_taken(text: str, kind: str, subject: str, reason: str) -> None:
    assert admit(text, kind, subject) == Skip("here", reason)


def test_every_reason_is_explained() -> None:
    constants = {
        value for name, value in vars(reasons).items() if name.isupper() and name != "MEANING"
    }
    assert constants == set(reasons.MEANING)


def test_secrets_are_masked_in_own_and_answered_words() -> None:
    text = f"{LETTER}\npassword: hunter2\n\nIda wrote:\n> my pw is qwerty99"
    assert admit(text) == Own(f"{LETTER}\npassword: [password]", "my pw is [password]", 1)


def test_other_languages_are_taken() -> None:
    chinese = "昨天夜里下了一场大雨，河水涨得很快，我们把小船拖到了院子里。"
    assert admit(chinese) == Own(chinese)


def test_characters_are_spelt_in_one_way() -> None:
    text = (
        "Cafe\u0301\u200b and zu\xad ckern,\xa0said\x00 the cook who came\ufeff late that evening."
    )
    assert admit(text) == Own("Café and zu ckern, said the cook who came late that evening.")


def test_text_keeps_quotes_and_signatures() -> None:
    text = f"> a motto\n\n{LETTER} {LETTER}\n\n--\nJon"
    assert admit(text, "text") == Own(text)


@given(bodies, st.sampled_from(["mail", "text"]))
@example("Jon\n\nBest,\n--\nJon\n\n" + LETTER, "mail")
def test_own_words_come_from_the_text_in_order(text: str, kind: str) -> None:
    taken = admit(text.replace("\u200b", ""), kind)
    if isinstance(taken, Own) and not taken.masked and text.isascii():
        rest = iter("".join(text.split()))
        assert all(character in rest for character in "".join(taken.text.split()))


@given(bodies, st.sampled_from(["mail", "text"]))
@example(f"{LETTER[:52]} and the card 4111 1111 1111 1111,\n{LETTER[:51]}", "text")
def test_admitting_again_changes_nothing(text: str, kind: str) -> None:
    taken = admit(text, kind)
    if isinstance(taken, Own):
        assert admit(taken.text, kind) == Own(taken.text)


@given(st.text(), st.sampled_from(["mail", "text", "unknown"]), st.text())
def test_no_text_raises(text: str, kind: str, subject: str) -> None:
    assert isinstance(admit(text, kind, subject), Own | Skip)
