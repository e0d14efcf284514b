"""The measures that the judge of bases takes of prompts and texts."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Score, Turn
from microtune_adapters import prompts
from microtune_adapters.briefs import about
from microtune_adapters.engine.scripted import ScriptedEngine
from microtune_adapters.prompts import Brief
from scripts.bench.judge import answering, drafting, following, grammar, variety
from scripts.bench.judge.asked import KINDS, Asked, asked
from tests.microtune.invented import letter

BRIEF = Brief(about="old bridge; two lamps", to="Ana", subject="Rain", words=30)
MESSAGE = "Could you send the figures?\n\nI need them."
SAID = st.text(alphabet="ab ", max_size=40)


def one(kind: str = "reply", text: int = 0, message: str = MESSAGE, answer: str = "Yes.") -> Asked:
    makers = {
        "write": lambda: prompts.write_turns(BRIEF, ["A passage."]),
        "reply": lambda: prompts.reply_turns(message, BRIEF),
        "continue": lambda: prompts.continue_turns(message, BRIEF),
    }
    return Asked(kind, text, tuple(makers[kind]()), answer)


@dataclass(frozen=True)
class Chat:
    turns: list[Turn]
    answer: str


def chats(number: int, rng: random.Random) -> Iterator[Chat]:
    """Text 0 makes many more chats than the others."""
    for part in range(30 if number == 0 else 2):
        yield Chat(prompts.reply_turns(f"message {number}.{part}", BRIEF), "yes")
        yield Chat(prompts.rewrite_turns(f"notes {number}.{part}", Brief()), "yes")


def test_prompts_come_from_as_many_texts_as_there_are() -> None:
    found = asked(range(5), chats, 8, seed=1)
    replies = [a for a in found if a.kind == "reply"]
    assert len(replies) == 8
    assert {a.text for a in replies[:5]} == set(range(5))
    assert found == asked(range(5), chats, 8, seed=1)
    assert {a.kind for a in found} == {"reply", "rewrite"}


@pytest.mark.parametrize("kind", ["write", "reply", "continue"])
def test_a_prompt_is_read_and_changed_as_its_builder_words_it(kind: str) -> None:
    prompt = one(kind)
    assert prompt.phrases == ["old bridge", "two lamps"]
    assert prompt.words == 30
    bare = prompt.without_about()
    assert bare.phrases == []
    assert bare.words == 30
    assert bare.given == prompt.given == ("" if kind == "write" else MESSAGE)
    without = Brief("", BRIEF.to, BRIEF.subject, BRIEF.words)
    expected = {
        "write": prompts.write_turns(without, ["A passage."]),
        "reply": prompts.reply_turns(MESSAGE, without),
        "continue": prompts.continue_turns(MESSAGE, without),
    }[kind]
    assert list(bare.turns) == expected


def test_a_reply_turns_into_a_continuation_of_another_message() -> None:
    changed = one("reply").opened_as("continue").with_given("Other.")
    assert list(changed.turns) == prompts.continue_turns("Other.", BRIEF)
    assert changed.kind in KINDS


@pytest.mark.parametrize("number", range(8))
def test_a_text_uses_the_key_phrases_that_were_made_of_it(number: int) -> None:
    text = letter(number)
    prompt = Asked("write", 0, tuple(prompts.write_turns(Brief(about(text)))), text)
    assert following.phrases_used([(prompt, text)]) == 1.0
    assert following.phrases_used([(prompt, "Nothing of the kind.")]) == 0.0


def test_phrases_are_found_in_other_forms_and_cases() -> None:
    prompt = Asked("write", 0, tuple(prompts.write_turns(Brief("walking Bridges; lamp"))), "")
    text = "He WALKED over the bridge."
    assert following.phrases_used([(prompt, text)]) == 0.5


def test_lengths_are_measured_by_the_words_asked_for() -> None:
    texts = ["word " * 30, "word " * 60, "word " * 20]
    found = following.lengths([(one(), text) for text in texts])
    assert found == {"median": 1.0, "near": pytest.approx(2 / 3)}


class Reader(ScriptedEngine):
    """Finds a text the more probable, the more of its words stand in the prompt's last turn."""

    def score(self, turns: list[Turn], text: str) -> Score:  # type: ignore[override]
        known = set(turns[-1].content.split())
        unknown = sum(word not in known for word in text.split())
        return Score(float(unknown), 1, 1)


def test_a_base_that_reads_messages_is_told_from_one_that_does_not() -> None:
    replies = [one(text=n, message=letter(n), answer=letter(n)) for n in range(9)]
    read = answering.own_message_helps(Reader("", ""), replies, seed=1)
    assert read == answering.Share(1.0, 9)
    blind = answering.own_message_helps(ScriptedEngine("", ""), replies, seed=1)
    assert blind == answering.Share(0.0, 9)  # nothing is more probable than anything else


class Teller(ScriptedEngine):
    """Expects an answer to begin with "Yes" and a continuation not to; `wrong`: the reverse."""

    def __init__(self, wrong: bool) -> None:
        super().__init__("", "")
        self.wrong = wrong

    def score(self, turns: list[Turn], text: str) -> Score:  # type: ignore[override]
        answers = turns[-1].content.startswith("Answer")
        expected = answers == text.startswith("Yes")
        return Score(1.0 if expected != self.wrong else 2.0, 1, 1)


@pytest.mark.parametrize(("wrong", "share"), [(False, 1.0), (True, 0.0)])
def test_answers_are_told_from_continuations(wrong: bool, share: float) -> None:
    replies = [one(message=letter(n), answer="Yes, I will.") for n in range(4)]
    short = one(message="Too short. To cut.")
    found = answering.answer_told_from_continuation(Teller(wrong), [*replies, short])
    assert found == answering.Share(share, 4)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.integers(0, 5))
def test_strangers_come_from_another_text_where_there_is_one(texts: list[int], seed: int) -> None:
    replies = [one(text=text) for text in texts]
    for own, other in zip(replies, answering.strangers(replies, seed), strict=True):
        assert own.text != other.text or len(set(texts)) == 1


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_shared_runs_are_the_longest_there_are(left: list[str], right: list[str]) -> None:
    runs = {tuple(left[i:j]) for i in range(len(left)) for j in range(i + 1, len(left) + 1)}
    others = {tuple(right[i:j]) for i in range(len(right)) for j in range(i + 1, len(right) + 1)}
    longest = max(map(len, runs & others), default=0)
    assert answering.shared_run(" ".join(left), " ".join(right)) == longest


@given(SAID)
def test_repeats_are_the_longest_that_do_not_overlap(text: str) -> None:
    said = text.split()
    longest = max(
        (
            size
            for size in range(1, len(said) // 2 + 1)
            for i in range(len(said))
            for j in range(i + size, len(said) - size + 1)
            if said[i : i + size] == said[j : j + size]
        ),
        default=0,
    )
    assert variety.longest_repeat(text) == longest


def test_distinct_counts_in_blocks_of_equal_length() -> None:
    same, different = "tea " * variety.BLOCK, " ".join(f"w{n}" for n in range(variety.BLOCK))
    assert variety.distinct([same], 1) == 1
    assert variety.distinct([different, same], 1) == (variety.BLOCK + 1) / 2
    assert variety.distinct([same[:100]], 1) is None


def test_plain_sentences_are_taken_and_the_rest_is_left() -> None:
    text = (
        "Dear Ana,\n\nI will come home on Monday. OK! - a list of five words.\nSee `x = 1` for it."
    )
    assert grammar.sentences([text]) == ["I will come home on Monday."]


def test_shuffling_keeps_the_words() -> None:
    sentence = "I will come home on Monday."
    mixed = grammar.shuffled(sentence, seed=3)
    assert mixed != sentence
    assert sorted(mixed.lower()[:-1].split()) == sorted(sentence.lower()[:-1].split())


def test_drafts_are_cut_well_beyond_the_length_asked_for() -> None:
    engine = ScriptedEngine("word " * 300, "")
    (cut,) = drafting.drafts(engine, [one()])
    assert (cut.stopped, cut.tokens) == (False, drafting.LEAST_TOKENS)
    (whole,) = drafting.drafts(ScriptedEngine("Yes, on Monday.", ""), [one()])
    assert whole.stopped
    limits = [drafting.most_tokens(one(answer="word " * n)) for n in (1, 100, 500)]
    assert all(a <= b for a, b in pairwise(limits))
