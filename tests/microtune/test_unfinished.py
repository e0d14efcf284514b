"""What stands in the assistant's fields is kept as it was, and what people made of drafts."""

from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.store import Store
from microtune.verdicts import Verdict


def draft(text: str, adapter: str = "") -> Draft:
    figures = Generated(1, 1, 1.0, 1.0, "stop")
    return Draft("write", {"about": "plums"}, text, "b" * 64, adapter, Sampling(), figures)


def test_what_was_begun_is_there_again(store: Store) -> None:
    @given(fields=st.dictionaries(st.text(max_size=8), st.text(), max_size=4))
    def holds(fields: dict[str, str]) -> None:
        store.unfinished.keep("write", fields)
        blank = not any(value.strip() for value in fields.values())
        assert store.unfinished.of("write") == ({} if blank else fields)

    store.unfinished.keep("reply", {"brief": "not now"})
    holds()
    assert store.unfinished.of("reply") == {"brief": "not now"}
    store.unfinished.drop(["reply"])
    assert store.unfinished.of("reply") == {}


def test_verdicts_go_with_their_drafts(store: Store) -> None:
    one, two = (store.drafts.record(draft(text)) for text in ("One.", "Two."))
    store.verdicts.record(Verdict(one.id, "accepted", "One!"))
    store.verdicts.record(Verdict(one.id, "accepted", "One, then."))
    store.verdicts.record(Verdict(one.id, "preferred", over=two.id, blind=True))
    assert [(v.what, v.text, v.over) for v in store.verdicts.all()] == [
        ("accepted", "One, then.", ""),
        ("preferred", "", two.id),
    ]
    store.drafts.erase([two.id])
    assert [v.what for v in store.verdicts.all()] == ["accepted"]
    store.drafts.erase([one.id])
    assert not list(store.verdicts.all())


def test_the_blind_score_counts_how_often_the_adapter_was_taken_for_oneself(store: Store) -> None:
    own, base = store.drafts.record(draft("Mine.", "a" * 12)), store.drafts.record(draft("Ours."))
    assert store.verdicts.blind_score() == (0, 0)
    store.verdicts.record(Verdict(own.id, "preferred", over=base.id, blind=True))
    store.verdicts.record(Verdict(base.id, "preferred", over=own.id, blind=True))
    store.verdicts.record(Verdict(own.id, "preferred", over=base.id))
    assert store.verdicts.blind_score() == (1, 2)
