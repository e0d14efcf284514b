"""Drafting: the same request and seed give the same text; what was drawn on is recorded."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from microtune.contracts import Sampling
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from microtune_adapters.drafting import Drafter, Request, turns_of
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.library import Library
from tests.adapters.cards import card_for
from tests.adapters.writers import filled, letter
from tests.tiny import tiny_adapter

SAMPLING = Sampling(seed=3, max_tokens=16, temperature=1.0)
REQUEST = Request("write", about="an old letter by the river", words=30)


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    with filled(Home.find(), 8) as store:
        yield store


@pytest.fixture
def drafter(base_file: Path, store: Store) -> Iterator[Drafter]:
    engine = LlamaEngine(base_file, 512, 1)
    yield Drafter(engine, Library(store.home.adapters), store.retrieval)
    engine.close()


def adapter(drafter: Drafter, base: Path, work: Path) -> str:
    return drafter.library.admit(tiny_adapter(work, base), card_for(base))


def written(drafter: Drafter, request: Request = REQUEST, adapter: str = "") -> str:
    return drafter.draft(request, adapter, SAMPLING, lambda piece: None).text


def test_the_same_seed_gives_the_same_text_and_another_another(drafter: Drafter) -> None:
    assert written(drafter) == written(drafter)
    other = drafter.draft(REQUEST, "", replace(SAMPLING, seed=4), lambda piece: None)
    assert other.text != written(drafter)


def test_an_adapter_changes_the_text_and_leaves_no_trace_after(
    drafter: Drafter, base_file: Path, tmp_path: Path
) -> None:
    plain = written(drafter)
    own = adapter(drafter, base_file, tmp_path / "work")
    adapted = written(drafter, adapter=own)
    assert adapted != plain
    assert written(drafter) == plain
    assert written(drafter, adapter=own) == adapted


def test_what_is_streamed_is_what_the_draft_says(drafter: Drafter, store: Store) -> None:
    pieces: list[str] = []
    draft = drafter.draft(REQUEST, "", SAMPLING, pieces.append)
    assert "".join(pieces).strip() == draft.text != ""
    assert draft.base == drafter.engine.base_sha256
    assert draft.generated.tokens <= SAMPLING.max_tokens
    assert store.drafts.get(store.drafts.record(draft).id).text == draft.text


def test_the_passages_that_the_prompt_quotes_are_recorded(drafter: Drafter) -> None:
    draft = drafter.draft(REQUEST, "", SAMPLING, lambda piece: None)
    assert list(draft.retrieved) == drafter.passages(REQUEST) != []
    [system, _] = next(turns_of(REQUEST, [p.text for p in draft.retrieved]))
    assert all(p.text in system.content for p in draft.retrieved)
    assert drafter.draft(REQUEST, "", SAMPLING, lambda piece: None, []).retrieved == ()


def test_a_long_text_is_rewritten_piece_by_piece(drafter: Drafter) -> None:
    request = Request("rewrite", text=letter(1, 60))
    prompts = list(turns_of(request, []))
    assert len(prompts) == 3
    draft = drafter.draft(request, "", SAMPLING, lambda piece: None)
    assert draft.text.count("\n\n") >= len(prompts) - 1
    assert draft.generated.tokens > SAMPLING.max_tokens
    said = "\n".join(prompt[-1].content for prompt in prompts)
    assert all(word in said for word in ("alas", "émile", "12 lamps"))


@pytest.mark.parametrize(
    ("text", "settled", "begun"),
    [
        ("It rained. We went", "It rained.", "We went"),
        ("It rained. We went ", "It rained.", "We went"),
        ("It rained.", "It rained.", ""),
        ("It rained.\n\nDear Bo,\n", "It rained.\n\nDear Bo,", ""),
        ("It rained at 10.30 and", "", "It rained at 10.30 and"),
        ("He said: “No.” We", "He said: “No.”", "We"),
    ],
)
def test_a_sentence_that_is_begun_is_gone_on_with(text: str, settled: str, begun: str) -> None:
    [turns] = turns_of(Request("continue", text=text), [])
    heads = [f"Continue this text.\n\n{settled}" if settled else "Write this."]
    assert [turn.content for turn in turns] == heads + [begun] * bool(begun)


def test_a_sentence_without_an_end_is_not_handed_on_word_for_word() -> None:
    [[turn]] = turns_of(Request("continue", text="a " * 400), [])
    assert turn.content.startswith("Continue this text.")


def test_cancelling_ends_the_draft_and_its_later_pieces(drafter: Drafter) -> None:
    pieces: list[str] = []

    def cancel_soon(piece: str) -> None:
        pieces.append(piece)
        if len(pieces) == 3:
            drafter.engine.cancel()

    draft = drafter.draft(Request("rewrite", text=letter(1, 60)), "", SAMPLING, cancel_soon)
    assert draft.generated.finish == "cancelled"
    assert draft.generated.tokens <= 8
    assert len(pieces) <= 5


@pytest.mark.parametrize(
    "request_",
    [Request("write"), Request("reply", about="yes", text=" "), Request("rewrite", subject="so")],
)
def test_nothing_to_work_on_gives_a_line(drafter: Drafter, request_: Request) -> None:
    with pytest.raises(MicrotuneError, match=f"there is nothing to {request_.command}"):
        written(drafter, request_)


def test_the_active_adapter_is_chosen_unless_another_is_named(
    drafter: Drafter, base_file: Path, tmp_path: Path
) -> None:
    assert drafter.choose(None) == ""
    own = adapter(drafter, base_file, tmp_path / "work")
    assert drafter.choose(None) == ""
    drafter.library.promote(own)
    assert drafter.choose(None) == own == drafter.choose(own[:6])
    assert drafter.choose("none") == ""
