"""Examples: each word is trained on once an epoch, and no text is told what it is to say."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.locations import Home
from microtune.store import Store
from microtune_adapters.examples import PASSAGES, Example, heldout_examples, training_examples
from microtune_adapters.training_data import nearest_in
from tests.adapters.writers import document, echo, filled, letter, no_passages

LONG = letter(500, sentences=70)
SENTENCES = st.lists(st.sampled_from(letter(7, 30).split(". ")), min_size=1, max_size=60)
TEXTS = st.lists(SENTENCES.map(lambda s: ". ".join(s) + "."), min_size=1, max_size=4, unique=True)


@pytest.fixture
def store(own_home: object) -> Iterator[Store]:
    with filled(Home.find(), 40) as store:
        yield store


@given(TEXTS, st.integers(0, 9), st.integers(0, 5))
def test_each_word_is_in_exactly_one_answer_of_an_epoch(
    texts: list[str], seed: int, epoch: int
) -> None:
    documents = [document(n, text) for n, text in enumerate(texts)]
    made = list(training_examples(documents, no_passages, seed, epoch))
    for one in documents:
        answers = [e.answer for e in made if e.document == one.id]
        in_order = sorted(answers, key=lambda answer: one.text.find(answer[:200]))
        assert sorted(" ".join(in_order).split()) == sorted(one.text.split())


def test_epochs_differ_and_seeds_repeat() -> None:
    documents = [document(n) for n in range(20)]

    def made(seed: int, epoch: int) -> list[Example]:
        return list(training_examples(documents, echo, seed, epoch))

    first = made(1, 0)
    assert first == made(1, 0)
    assert first != made(1, 1)
    assert first != made(2, 0)


def test_passages_are_found_for_those_examples_alone_that_are_taken() -> None:
    asked: list[str] = []

    def nearest(query: str, leave_out: str) -> list[str]:
        asked.append(leave_out)
        return []

    taken = islice(training_examples([document(n) for n in range(40)], nearest, 0, 0), 5)
    assert set(asked) <= {example.document for example in taken}
    assert asked


def test_all_forms_and_prompts_with_and_without_passages_occur() -> None:
    documents = [document(n, f"{n} {letter(n, 40)}") for n in range(30)]
    made = [e for epoch in range(3) for e in training_examples(documents, echo, 0, epoch)]
    assert {e.form for e in made} == {"write", "reply", "continue", "rewrite"}
    with_passages = sum(e.turns[0].role == "system" for e in made)
    assert 0.3 < with_passages / len(made) < 0.7


def test_no_prompt_quotes_a_passage_of_its_own_document(store: Store) -> None:
    documents = tuple(store.documents.live())
    nearest = nearest_in(store, documents)
    own = {d.id: d.text for d in documents}
    quoted = 0
    for epoch in range(2):
        for made in training_examples(documents, nearest, 0, epoch):
            for passage in passages(made):
                quoted += 1
                assert passage.removesuffix(" …") not in own[made.document]
    assert quoted > 20


def test_held_out_prompts_with_and_without_retrieval_differ_in_passages_alone(store: Store) -> None:
    documents = tuple(store.documents.live())
    nearest = nearest_in(store, documents[:20])
    for one in documents[20:]:
        plain, rag = heldout_examples(one, None), heldout_examples(one, nearest)
        assert [replace(e, turns=e.turns[-1:]) for e in rag] == plain
        assert all(0 < len(passages(e)) <= PASSAGES for e in rag)
        assert all(len(e.turns) == 1 for e in plain)


def test_a_document_is_measured_by_its_first_pieces_each_told_what_came_before() -> None:
    one = document(3, LONG)
    made = heldout_examples(one, None)
    assert [e.form for e in made] == ["reply", "continue", "continue"]
    assert one.text.startswith(made[0].answer)
    assert "Where is letter 3?" in made[0].turns[-1].content
    assert made[0].answer[-100:] in made[1].turns[-1].content
    assert made[1].answer not in made[1].turns[-1].content


def passages(made: Example) -> list[str]:
    """The passages that an example's prompt quotes."""
    if made.turns[0].role != "system":
        return []
    return made.turns[0].content.split("\n---\n")[1:]
