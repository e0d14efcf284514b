"""Rows: examples packed side by side, apart from each other in tokens, loss and gradient."""

import copy
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microtune_adapters.examples import training_examples
from microtune_adapters.packed_loss import summed_loss
from microtune_adapters.rows import Encoded, Rows, encoded, packed, packing
from microtune_adapters.torch_base import TorchBase
from tests.adapters.writers import document, echo, letter

LENGTH = 48


@st.composite
def sequences(draw: st.DrawFn) -> list[Encoded]:
    """Examples of up to a row's length, with a prompt and an answer of a token at least."""
    ids = st.lists(st.integers(0, 511), min_size=2, max_size=LENGTH)
    return [
        Encoded(tuple(some), draw(st.integers(1, len(some) - 1)))
        for some in draw(st.lists(ids, max_size=25))
    ]


def recovered(rows: Rows) -> list[Encoded]:
    """The examples that stand in the rows, read off segments and targets alone."""
    found = []
    for ids, targets, segments in zip(rows.ids, rows.targets, rows.segments, strict=True):
        for number in range(1, segments.max(initial=0) + 1):
            places = np.flatnonzero(segments == number)
            [bearing] = (np.flatnonzero(targets[places] >= 0),)
            found.append(Encoded(tuple(map(int, ids[places])), int(bearing[0]) + 1))
    return found


@given(sequences(), st.integers(1, 6))
def test_each_example_can_be_recovered_from_the_rows(given_: list[Encoded], open_rows: int) -> None:
    rows = packed(given_, LENGTH, open_rows)
    order = [(one.ids, one.answer) for one in given_]
    assert sorted((one.ids, one.answer) for one in recovered(rows)) == sorted(order)
    assert rows.tokens == sum(len(one.ids) for one in given_)


@given(sequences())
def test_targets_are_the_answers_and_positions_start_anew(given_: list[Encoded]) -> None:
    rows = packed(given_, LENGTH)
    assert rows.ids.shape == rows.targets.shape == rows.positions.shape == (len(rows), LENGTH)
    assert (rows.targets >= 0).sum() == sum(len(one.ids) - one.answer for one in given_)
    for r in range(len(rows)):
        for number in range(1, rows.segments[r].max() + 1):
            [places] = np.nonzero(rows.segments[r] == number)
            assert rows.positions[r, places].tolist() == list(range(len(places)))
            bearing = places[rows.targets[r, places] >= 0]
            assert rows.targets[r, bearing].tolist() == rows.ids[r, bearing + 1].tolist()
            assert bearing[-1] == places[-2]  # never the next example's first token


def test_no_more_sequences_are_taken_than_the_rows_asked_for_need() -> None:
    whole = [Encoded(tuple(range(2, 20 + n % 25)), 1) for n in range(100)]
    taken = iter(whole)
    first = list(islice(packing(taken, LENGTH, open_rows=4), 3))
    assert first == list(packing(whole, LENGTH, open_rows=4))[:3]
    assert len(list(taken)) > 80


def test_short_examples_fill_rows() -> None:
    some = [Encoded(tuple(range(n)), 1) for n in (30, 20, 10, 28, 8)]
    assert packed(some, LENGTH).segments.max(axis=1).tolist() == [3, 2]


def test_rows_are_saved_and_joined_whole(tmp_path: Path) -> None:
    rows = packed([Encoded((1, 2, 3), 1), Encoded(tuple(range(40)), 7)], LENGTH)
    rows.joined(rows.take(slice(0, 1))).save(tmp_path / "rows.npz")
    loaded = Rows.load(tmp_path / "rows.npz")
    assert len(loaded) == len(rows) + 1
    assert recovered(loaded.take(slice(0, len(rows)))) == recovered(rows)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from((64, 96, 400)))
def test_an_encoded_example_fits_and_ends_as_its_answer(
    torch_base: TorchBase, seed: int, length: int
) -> None:
    codec = torch_base.codec
    for example in training_examples([document(seed, letter(seed, 30))], echo, seed, 0):
        one, answer = encoded(codec, example, length), codec.answer(example.answer)
        assert len(one.ids) <= length
        assert list(one.ids[one.answer :]) == answer[: length * 3 // 4]
        assert list(one.ids[: one.answer])[-1:] == codec.prompt(())[-1:]


@pytest.fixture(scope="module")
def letters(torch_base: TorchBase) -> list[Encoded]:
    made = training_examples([document(n) for n in range(12)], echo, 0, 0)
    return [encoded(torch_base.codec, example, 384) for example in made]


def test_packed_rows_have_the_loss_and_gradient_of_their_examples_one_by_one(
    torch_base: TorchBase, letters: list[Encoded]
) -> None:
    """Computed apart by transformers' own attention, with its own masks."""
    import torch

    def learning() -> tuple[Any, list[torch.Tensor]]:
        model = copy.deepcopy(torch_base.model)
        ends = model.model.layers[0].self_attn.q_proj, model.model.layers[-1].mlp.up_proj
        return model, [end.weight.requires_grad_(True) for end in ends]

    reference, weights = learning()
    reference.set_attn_implementation("eager")
    alone = torch.zeros(())
    for one in letters:
        logits = reference(input_ids=torch.tensor([one.ids])).logits[0]
        chances = logits[one.answer - 1 : -1].log_softmax(-1)
        alone -= chances.gather(1, torch.tensor(one.ids[one.answer :])[:, None]).sum()
    gradients = torch.autograd.grad(alone, weights)

    rows = packed(letters, 512)
    assert len(rows) < len(letters)
    model, weights = learning()
    together, count = summed_loss(model, rows)
    assert count == sum(len(one.ids) - one.answer for one in letters)
    assert together.item() == pytest.approx(alone.item(), rel=1e-6, abs=1e-4)
    for ours, theirs in zip(torch.autograd.grad(together, weights), gradients, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-4 * float(theirs.abs().max()))


def test_chunks_of_the_vocabulary_change_neither_loss_nor_gradient(
    torch_base: TorchBase, letters: list[Encoded], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    model = copy.deepcopy(torch_base.model)
    weight = model.model.layers[0].mlp.up_proj.weight.requires_grad_(True)
    rows = packed(letters[:6], 512)

    def loss_and_gradient() -> tuple[float, torch.Tensor]:
        loss, _ = summed_loss(model, rows)
        [gradient] = torch.autograd.grad(loss, [weight])
        return loss.item(), gradient

    whole = loss_and_gradient()
    monkeypatch.setattr("microtune_adapters.packed_loss._CHUNK_FLOATS", {"cpu": 64 * 512})
    chunked = loss_and_gradient()
    assert chunked[0] == pytest.approx(whole[0], rel=1e-6)
    assert torch.allclose(chunked[1], whole[1], rtol=1e-4, atol=1e-3)
