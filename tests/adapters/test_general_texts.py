"""The general texts, and what holds an adapter to its base on them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from microtune_adapters import packed_loss
from microtune_adapters.anchor import anchored
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.general_texts import ROW, Part, general_examples, general_rows
from microtune_adapters.recipes import Recipe
from microtune_adapters.strength import LEAST, MOST, strongest, weakened

PARTS: tuple[Part, ...] = ("anchor", "steer", "measure")


def test_no_text_is_in_two_parts_and_each_part_has_every_kind_alike() -> None:
    texts = [one.answer for part in PARTS for one in general_examples(part)]
    assert len(set(texts)) == len(texts) == 88
    for part in PARTS:
        counts = Counter(one.kind for one in general_examples(part))
        assert len(counts) == 11
        assert len(set(counts.values())) == 1


@pytest.mark.parametrize("length", [64, 512])
def test_each_text_is_a_row_that_ends_where_the_answer_does(length: int) -> None:
    codec = ChatCodec(encode=lambda text: [ord(c) % 500 for c in text], start=501, end=502)
    rows = general_rows(codec, length)
    assert (len(rows.anchor), len(rows.steer), len(rows.measure)) == (55, 11, 22)
    assert rows.anchor.ids.shape[1] == min(length, ROW)
    assert (rows.anchor.targets >= 0).any(axis=1).all()


@given(st.floats(0, 10))
def test_the_strength_is_the_largest_that_general_text_allows(dear: float) -> None:
    """What grows with the square of the strength, as divergence does."""
    asked: list[float] = []

    def cost(strength: float) -> float:
        asked.append(strength)
        return dear * strength**2

    strength = strongest(cost)
    assert LEAST <= strength <= 1
    assert cost(strength) <= MOST or strength == LEAST
    assert strength == 1 or cost(strength + 0.011) > MOST
    assert len(asked) <= 6


@given(st.lists(st.floats(-1, 10), min_size=20, max_size=20))
def test_whatever_it_costs_an_end_is_found(costs: list[float]) -> None:
    left = iter(costs)
    assert LEAST <= strongest(lambda _: next(left)) <= 1


def test_only_b_is_scaled() -> None:
    weights = {"x.lora_A.default.weight": torch.ones(2), "x.lora_B.default.weight": torch.ones(2)}
    assert [w.tolist() for w in weakened(weights, 0.5).values()] == [[1, 1], [0.5, 0.5]]


def test_divergence_and_its_gradient_are_those_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_loss, "_CHUNK_FLOATS", {"cpu": 50 * 64})  # several chunks
    torch.manual_seed(0)

    class Model:
        lm_head: Any = torch.nn.Linear(8, 50, bias=False).requires_grad_(False)

    aims = torch.randn(150, 8)
    places = (aims + 0.3 * torch.randn(150, 8)).requires_grad_()
    ours = packed_loss.summed_divergence(Model, places, aims)
    ours.backward()  # type: ignore[no-untyped-call]
    gradient, places.grad = places.grad, None
    expected, found = (Model.lm_head(states).log_softmax(-1) for states in (aims, places))
    theirs = F.kl_div(found, expected, log_target=True, reduction="sum")
    theirs.backward()
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)
    assert torch.allclose(gradient, places.grad, atol=1e-5)
    assert float(packed_loss.summed_divergence(Model, aims, aims)) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("batch", "seen"), [(1, [0, 4, 8]), (2, [0, 2, 4, 6, 8]), (8, range(9))])
def test_a_text_is_seen_for_so_many_rows_whatever_the_batch(
    batch: int, seen: Sequence[int]
) -> None:
    codec = ChatCodec(encode=lambda text: [ord(c) % 500 for c in text], start=501, end=502)
    rows = general_rows(codec, 320).anchor
    anchor = anchored(rows, Recipe(batch=batch, anchor_rows=4))
    assert anchor
    due = {step: anchor.due(step) for step in range(9)}
    assert [step for step, number in due.items() if number is not None] == list(seen)
    assert [due[step] for step in seen] == list(range(len(seen)))
    assert anchored(rows, Recipe(anchor=0)) is None
