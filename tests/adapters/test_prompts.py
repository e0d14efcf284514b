"""The wording of prompts: what is unknown leaves no trace, what is long is cut where it may be."""

from hypothesis import given
from hypothesis import strategies as st

from microtune_adapters.prompts import (
    ANSWERED_CHARACTERS,
    BEFORE_CHARACTERS,
    LENGTHS,
    Brief,
    continue_turns,
    nearest_length,
    reply_turns,
    rewrite_turns,
    write_turns,
)

LONG = " ".join(f"word{n}" for n in range(1000))


def test_a_full_brief_has_a_line_for_each_thing_known() -> None:
    brief = Brief("the boat;\nthe tea", "bo@example.org", " the  river ", 55)
    [turn] = write_turns(brief)
    assert turn.content.splitlines() == [
        "Write this.",
        "To: bo@example.org",
        "Subject: the river",
        "Length: about 50 words",
        "About: the boat; the tea",
    ]


def test_an_empty_brief_leaves_no_line() -> None:
    assert [turn.content for turn in write_turns(Brief())] == ["Write this."]
    assert reply_turns("Where?", Brief())[0].content == "Answer this message.\n\nWhere?"


@given(st.integers(1, 10_000))
def test_lengths_are_rounded_to_the_nearest_that_prompts_speak_of(words: int) -> None:
    assert all(abs(nearest_length(words) - words) <= abs(length - words) for length in LENGTHS)


def test_passages_come_first_and_apart() -> None:
    system, user = rewrite_turns("so it goes", Brief(), [" One. ", "Two."])
    assert (system.role, user.role) == ("system", "user")
    assert system.content == "From the same writer:\n---\nOne.\n---\nTwo."


def test_a_long_message_keeps_its_beginning_and_a_long_text_its_end() -> None:
    answered = reply_turns(LONG, Brief())[0].content.split("\n\n")[1]
    before = continue_turns(LONG, Brief())[0].content.split("\n\n")[1]
    assert answered.startswith("word0 word1 ")
    assert before.endswith(" word998 word999")
    assert len(answered) <= ANSWERED_CHARACTERS + 2
    assert len(before) <= BEFORE_CHARACTERS + 2
    whole = {*LONG.split(), "…"}
    assert {*answered.split(), *before.split()} <= whole  # no word is cut
