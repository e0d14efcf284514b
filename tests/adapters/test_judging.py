"""What decides over an adapter: fidelity, bootstrap, gate. Each rejects with its reason."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microtune_adapters.bootstrap import Interval, paired_interval
from microtune_adapters.evaluation import DocumentScore, Measurement, spread, summarise
from microtune_adapters.fidelity import Fidelity, Floats, judged
from microtune_adapters.gate import Verdict, defend, judge
from microtune_adapters.general_cost import GeneralCost
from tests.adapters.writers import document

FINE = Fidelity(0.999, 1.0)
KEPT = GeneralCost(1.3, 1.3, {}, divergence=0.01)
NUMBERS = st.floats(-1e3, 1e3)


def logits(seed: int) -> Floats:
    return np.random.default_rng(seed).normal(size=(20, 50)).astype(np.float32)


def measured(base: float, rag: float, difference: Interval) -> Measurement:
    bits = {"base": base, "base_rag": rag, "adapter": 2.0, "adapter_rag": 1.9}
    return Measurement(bits, {}, {"base": difference, "base_rag": difference}, 10, 1000)


def test_the_same_change_is_faithful_and_a_slightly_shifted_one_too() -> None:
    assert judged(logits(0), logits(0)) == Fidelity(pytest.approx(1), pytest.approx(1))
    assert judged(logits(0) + 0.1 * logits(1), logits(0)).problem == ""


@pytest.mark.parametrize(
    ("served", "trained", "reason"),
    [
        (logits(0) * 0, logits(0), "changes nothing"),
        (logits(0), logits(0) * 0, "changes nothing"),
        (logits(0) * np.float32("nan"), logits(0), "not numbers"),
        (logits(0), logits(0) + np.float32("inf"), "not numbers"),
        (logits(1), logits(0), "another adapter than was trained"),
        (-logits(0), logits(0), "another adapter than was trained"),
        (2 * logits(0), logits(0), "another adapter than was trained"),
        (0.5 * logits(0), logits(0), "another adapter than was trained"),
    ],
)
def test_another_change_is_rejected_whatever_it_measures(
    served: Floats, trained: Floats, reason: str
) -> None:
    fidelity = judged(served, trained)
    assert reason in fidelity.problem
    verdict = judge(measured(3.0, 2.9, Interval(1.0, 0.9, 1.1)), fidelity, KEPT)
    assert not verdict.promoted
    assert verdict.reason == fidelity.problem


@pytest.mark.parametrize("better", ["the base with retrieval", "the base"])
def test_clear_of_zero_is_promoted_over_the_better_of_both(better: str) -> None:
    base, rag = (3.0, 2.9) if "retrieval" in better else (2.9, 3.0)
    verdict = judge(measured(base, rag, Interval(1.0, 0.001, 1.1)), FINE, KEPT)
    assert verdict.promoted
    assert f"better than {better} on held-out text: 1.900 against 2.900" in verdict.reason


@pytest.mark.parametrize("low", [0.0, -0.001, -2.0, float("nan")])
def test_not_clear_of_zero_is_rejected(low: float) -> None:
    verdict = judge(measured(3.0, 2.9, Interval(1.0, low, 1.1)), FINE, KEPT)
    assert not verdict.promoted
    assert verdict.reason.startswith("not clearly better than the base with retrieval")


@pytest.mark.parametrize("adapter", [1.314, 2.0, float("nan")])
def test_what_makes_general_text_worse_is_rejected_however_good_it_is(adapter: float) -> None:
    general = GeneralCost(1.3, adapter, {}, 0.0)
    verdict = judge(measured(3.0, 2.9, Interval(1.0, 0.9, 1.1)), FINE, general)
    assert not verdict.promoted
    assert verdict.reason.startswith(f"it makes general text worse: {adapter:.3f} against 1.300")


@pytest.mark.parametrize("adapter", [1.2, 1.3, 1.312])
def test_general_text_may_get_better_or_one_per_cent_worse(adapter: float) -> None:
    general = GeneralCost(1.3, adapter, {}, 0.0)
    assert judge(measured(3.0, 2.9, Interval(1.0, 0.9, 1.1)), FINE, general).promoted


@pytest.mark.parametrize("divergence", [0.0101, 3.0, float("nan")])
def test_what_expects_other_things_of_general_text_is_rejected(divergence: float) -> None:
    general = GeneralCost(1.3, 1.2, {}, divergence)
    verdict = judge(measured(3.0, 2.9, Interval(1.0, 0.9, 1.1)), FINE, general)
    assert not verdict.promoted
    assert verdict.reason.startswith("it changes general text: ")


def test_the_better_base_decides_and_not_the_worse_one() -> None:
    sizes = [500 + 10 * n for n in range(30)]
    nats = {"base": 3.0, "base_rag": 2.0, "adapter": 2.4, "adapter_rag": 2.2}
    scores = [
        DocumentScore(str(n), "mail", size, {c: size * v for c, v in nats.items()})
        for n, size in enumerate(sizes)
    ]
    measurement = summarise(scores)
    assert measurement.intervals["base"].low > 0 > measurement.intervals["base_rag"].high
    assert not judge(measurement, FINE, KEPT).promoted


def test_bits_per_byte_are_totals_over_bytes_for_all_and_by_kind() -> None:
    nats = {"base": 20 * np.log(2), "base_rag": 10 * np.log(2)}
    scores = [
        DocumentScore("a", "mail", 10, nats),
        DocumentScore("b", "text", 30, {c: 2 * v for c, v in nats.items()}),
    ]
    measurement = summarise(scores)
    assert measurement.bits_per_byte == pytest.approx({"base": 1.5, "base_rag": 0.75})
    assert measurement.by_kind["mail"]["base"] == pytest.approx(2.0)
    assert measurement.by_kind["text"]["base"] == pytest.approx(4 / 3)
    assert (measurement.documents, measurement.bytes) == (2, 40)
    assert not measurement.intervals  # nothing to compare without an adapter


def test_the_interval_covers_a_known_difference_about_as_often_as_it_says() -> None:
    chance = np.random.default_rng(7)
    covered = 0
    for trial in range(100):
        weights = chance.integers(200, 2000, 40)
        differences = weights * chance.normal(0.05, 0.1, 40)
        interval = paired_interval(differences.tolist(), weights.tolist(), seed=trial, draws=500)
        covered += interval.low <= 0.05 <= interval.high
    assert 86 <= covered <= 99


@settings(max_examples=30)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30), NUMBERS)
def test_what_two_conditions_share_does_not_widen_the_interval(
    pairs: list[tuple[float, float]], difference: float
) -> None:
    """Paired: however much documents differ from each other, only differences within count."""
    weights = [1] * len(pairs)
    constant = paired_interval([difference for _ in pairs], weights, draws=200)
    assert (constant.low, constant.high) == pytest.approx((difference, difference))
    forward = paired_interval([a - b for a, b in pairs], weights, draws=200)
    backward = paired_interval([b - a for a, b in pairs], weights, draws=200)
    assert (backward.low, backward.mean, backward.high) == pytest.approx(
        (-forward.high, -forward.mean, -forward.low)
    )
    tolerance = 1e-9
    assert forward.low - tolerance <= forward.high
    assert forward == paired_interval([a - b for a, b in pairs], weights, draws=200)


def test_a_spread_keeps_the_order_and_reaches_over_all() -> None:
    documents = [document(n) for n in range(35)]
    assert spread(documents, 35) == documents
    chosen = [documents.index(d) for d in spread(documents, 10)]
    assert len(chosen) == 10
    assert chosen == sorted(set(chosen))
    assert chosen[0] == 0
    assert chosen[-1] >= 30


def test_the_active_adapter_is_kept_from_what_is_clearly_worse() -> None:
    good = Verdict(True, "better than the base")
    assert defend(good, "abc", None) == good
    assert defend(good, "abc", Interval(-0.01, -0.02, 0.0)) == good  # not clearly
    kept = defend(good, "abc", Interval(-0.02, -0.03, -0.01))
    assert not kept.promoted
    assert "worse than the active adapter abc on held-out text: 0.020" in kept.reason
