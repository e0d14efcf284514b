"""Where a draft comes from: the passages it drew on, what they have in common, what was copied."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtune import tracing
from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.forgetting import find_target, forget
from microtune.store import Store
from microtune.words import Document, Passage
from tests.microtune.invented import FOLDER, document, keep, letter

FERRY = document("We missed the last ferry home and slept in the harbour café, all three.", "ferry")
PLUMS = document("Plums ripen late. I never eat plums before the first frost comes.", "plums")
OTHER = document("The parish choir sings at the harbour every second Sunday.", "choir")


def draft(text: str, *drew_on: Document, about: str = "the ferries") -> Draft:
    return Draft(
        command="write",
        request={"command": "write", "about": about, "words": 40},
        text=text,
        base="b" * 64,
        adapter="",
        sampling=Sampling(),
        generated=Generated(1, 1, 1.0, 1.0, "stop"),
        retrieved=tuple(Passage(d.id, 0, d.text, 2.5) for d in drew_on),
    )


@pytest.fixture
def shelf(store: Store) -> Store:
    keep(store, FERRY, PLUMS, OTHER, *(document(letter(n), f"letter-{n}") for n in range(12)))
    return store


TEXT = "Dear Ben, we missed the LAST ferry home. I eat plums. Every second Sunday I go."


def test_each_passage_says_what_it_has_in_common(shelf: Store) -> None:
    made = shelf.drafts.record(draft(TEXT, FERRY, PLUMS))
    trace = tracing.trace(shelf, tracing.find_draft(shelf, made.id[:6]))
    ferry, plums = trace.origins
    assert (ferry.document, ferry.state, ferry.place) == (FERRY.id, "in use", "ferry")
    assert (ferry.passage, ferry.score) == (FERRY.text, 2.5)
    assert ferry.asked == ("ferry",)
    assert [common.word for common in ferry.common] == ["missed", "LAST", "ferry", "home"]
    for common in ferry.common:
        assert all(TEXT[a:b] in ("missed", "LAST", "ferry", "home") for a, b in common.in_draft)
        assert all(FERRY.text[a:b].lower() == common.word.lower() for a, b in common.in_passage)
    assert [phrase.text for phrase in ferry.phrases] == ["we missed the LAST ferry home"]
    assert [common.word for common in plums.common] == ["eat", "plums"]
    assert plums.asked == ()


def test_phrases_are_looked_for_in_all_texts_and_copies_in_those_drawn_on(shelf: Store) -> None:
    trace = tracing.trace(shelf, draft(TEXT, FERRY, PLUMS))
    assert [(phrase.text, phrase.document) for phrase in trace.phrases] == [
        ("we missed the LAST ferry home", FERRY.id),
        ("Every second Sunday", OTHER.id),
    ]
    assert trace.copied
    assert (trace.copied.words, trace.copied.document) == (6, FERRY.id)
    assert trace.copied.text == TEXT[trace.copied.start : trace.copied.end]
    assert tracing.trace(shelf, draft(TEXT, PLUMS)).copied is None
    alone = tracing.trace(shelf, draft(TEXT))
    assert (alone.origins, alone.copied) == ((), None)
    assert alone.phrases == trace.phrases


def test_a_sentence_or_some_words_are_looked_at_alone(shelf: Store) -> None:
    made = draft(TEXT, FERRY, PLUMS)
    second = tracing.sentence(made, 2)
    assert second.text == "I eat plums." == TEXT[second.start : second.end]
    trace = tracing.trace(shelf, made, second)
    assert [len(origin.common) for origin in trace.origins] == [0, 2]
    assert [TEXT[slice(*at)] for c in trace.origins[1].common for at in c.in_draft] == [
        "eat",
        "plums",
    ]
    assert trace.copied is None
    words = tracing.quoted(made, " the LAST\n ferry ")
    assert words.text == "the LAST ferry"
    assert [p.text for p in tracing.trace(shelf, made, words).phrases] == ["the LAST ferry"]


def test_what_is_not_there_is_told_with_a_remedy(shelf: Store) -> None:
    made = draft(TEXT)
    with pytest.raises(MicrotuneError, match="the draft has 3 sentences"):
        tracing.sentence(made, 4)
    with pytest.raises(MicrotuneError, match="does not say"):
        tracing.quoted(made, "submarine")
    with pytest.raises(MicrotuneError, match="there is no draft yet"):
        tracing.find_draft(shelf, "last")
    kept = [shelf.drafts.record(draft(text)) for text in ("One.", "Two.")]
    assert tracing.find_draft(shelf, " LAST ").id == kept[1].id


def test_it_says_what_became_of_a_text(shelf: Store) -> None:
    made = draft(TEXT, FERRY, PLUMS, OTHER)
    keep(shelf, document("The ferry does not go any more these days.", "ferry"))
    forget(shelf, find_target(shelf, PLUMS.id))
    ferry, plums, choir = tracing.trace(shelf, made).origins
    assert (ferry.state, ferry.passage) == ("replaced", FERRY.text)
    assert (plums.state, plums.document) == ("forgotten", PLUMS.id)
    assert (plums.passage, plums.place, plums.common) == ("", "", ())
    assert choir.state == "in use"
    shelf.sources.remove(FOLDER.id)
    states = [origin.state for origin in tracing.trace(shelf, made).origins]
    assert states == ["withdrawn", "forgotten", "withdrawn"]


def test_phrases_of_everybody_are_not_ones_own(shelf: Store) -> None:
    keep(shelf, document("It is not that they were there with us, as you would have.", "stop"))
    trace = tracing.trace(shelf, draft("It is not that they were there. Nobody ever saw them."))
    assert trace.phrases == ()


WORDS = st.lists(st.sampled_from([*TEXT.split(), "\n\n", "garden", "near", "our", "(", "\0"]))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(WORDS.map(" ".join) | st.text(), st.data())
def test_any_draft_can_be_traced_and_its_spans_hold(
    shelf: Store, text: str, data: st.DataObject
) -> None:
    made = draft(text, FERRY, PLUMS)
    spans = tracing.sentences_of(text)
    part = tracing.whole(made)
    if spans and data.draw(st.booleans()):
        part = tracing.sentence(made, data.draw(st.integers(1, len(spans))))
    trace = tracing.trace(shelf, made, part)
    found = [*trace.phrases, *(p for o in trace.origins for p in o.phrases)]
    for phrase in found + [trace.copied] * (trace.copied is not None):
        assert part.start <= phrase.start < phrase.end <= part.end
        assert phrase.text == text[phrase.start : phrase.end]
        held = shelf.documents.get(phrase.document).text
        assert tracing.phrases_with(phrase.text, held, "")[0].words == phrase.words >= 3
    for origin in trace.origins:
        for common in origin.common:
            assert all(part.start <= a < b <= part.end for a, b in common.in_draft)
            assert common.word in [text[a:b] for a, b in common.in_draft]
            assert all(origin.passage[a:b] for a, b in common.in_passage)
