"""Raw texts become the chats that microtune holds: who answers what, and where a text ends."""

import random

from hypothesis import given
from hypothesis import strategies as st

from scripts.pocket.corpus import Record
from scripts.pocket.formats import chats, pieces
from scripts.pocket.threads import Threads
from scripts.pocket.turns import exchanges, turns

PODCAST = """Ada: Do you still write letters by hand?

Ben: I do, every Sunday.

And on Mondays I post them.

Ada: What do you write them with?"""
IRC = """ada: my printer is stuck
ben: cat: have you tried tea?
cy: ada: turn it off and on again
cat: ben: yes, two cups"""


def record(text: str, kind: str = "mail") -> Record:
    return Record("list", "CC0-1.0", kind, text)


def test_a_paragraph_without_a_name_belongs_to_the_turn_before() -> None:
    said = turns(PODCAST)
    assert [one.name for one in said] == ["Ada", "Ben", "Ada"]
    assert said[1].text == "I do, every Sunday.\n\nAnd on Mondays I post them."


def test_neighbouring_turns_are_message_and_answer() -> None:
    first, second = exchanges(turns(PODCAST))
    assert (first.asker, first.message) == ("Ada", "Do you still write letters by hand?")
    assert second.answer == "What do you write them with?"


def test_in_irc_a_line_answers_whom_it_addresses() -> None:
    made = [(e.asker, e.message, e.answer) for e in exchanges(turns(IRC))]
    assert ("ada", "my printer is stuck", "turn it off and on again") in made
    assert ("ben", "have you tried tea?", "yes, two cups") in made
    assert len(made) == 2


@given(st.text(max_size=400))
def test_no_text_breaks_the_cutting(text: str) -> None:
    said = turns(text)
    assert all(one.name and one.text for one in said)
    assert all(e.message and e.answer for e in exchanges(said))


def test_prose_is_no_transcript() -> None:
    assert turns("Note: this is prose.\n\nIt goes on.\n\nAnd on.\n\nAnd on again.") == []


def test_a_mail_answers_the_question_of_its_thread() -> None:
    question = record("Subject: Boats\n\nWho has a boat that could carry the three of us across?")
    words = "I have one at the lower bridge and would gladly take you over on Friday evening."
    answer = record(f"Subject: Re: Boats\n\n{words}")
    threads = Threads([question, answer])
    assert threads.question(question) is None
    asked = threads.question(answer)
    assert asked is not None
    assert asked.startswith("Who has a boat")
    (chat,) = chats(answer, random.Random(0), asked)
    assert chat.turns[-1].content.startswith("Answer this message.\n")
    assert chat.turns[-1].content.endswith(asked)
    assert chat.answer == words


@given(st.lists(st.integers(1, 300), max_size=12), st.integers(0, 3))
def test_every_piece_ends_as_a_sentence_does(sizes: list[int], odd: int) -> None:
    text = "\n\n".join(
        " ".join(["word"] * n) + ("." if i % 3 != odd else " -") for i, n in enumerate(sizes)
    )
    if sum(sizes) > 220:
        for piece in pieces(text):
            assert piece.endswith(".")
            assert 12 <= len(piece.split()) <= 261
