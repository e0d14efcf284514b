"""The promotion gate: an adapter is used only when it is shown to be better and to be itself."""

from dataclasses import dataclass

from microtune.errors import MicrotuneError
from microtune_adapters.bootstrap import Interval
from microtune_adapters.evaluation import Measurement
from microtune_adapters.fidelity import Fidelity
from microtune_adapters.general_cost import GeneralCost

MOST_GENERAL = 0.01  # of the bits of general text, that an adapter may cost or diverge by


class Unfit(MicrotuneError):
    """What training gave is not worth measuring, and going on from it would give it again."""


class NoGain(Unfit):
    """Going on from an adapter gave none that steers better: a result, and no failure."""

    exit_code = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    promoted: bool
    reason: str


def judge(measurement: Measurement, fidelity: Fidelity, general: GeneralCost) -> Verdict:
    """Promote what beats the better of base and base + retrieval on held-out text, with the 95 %
    interval clear of zero, serves as it was trained and leaves general text as it was, both in
    what it costs and in what is expected there; reject all else, with the reason.
    """
    if fidelity.problem:
        return Verdict(False, fidelity.problem)
    bits = measurement.bits_per_byte
    better = min(("base", "base_rag"), key=lambda c: bits[c])
    interval = measurement.intervals[better]
    name = {"base": "the base", "base_rag": "the base with retrieval"}[better]
    figures = (
        f"{bits['adapter_rag']:.3f} against {bits[better]:.3f} bits per byte "
        f"(difference {interval.mean:.3f}, 95 % interval {interval.low:.3f} to {interval.high:.3f})"
    )
    if not interval.low > 0:
        return Verdict(False, f"not clearly better than {name} on held-out text: {figures}")
    if not general.share <= MOST_GENERAL:
        return Verdict(
            False,
            f"it makes general text worse: {general.adapter:.3f} against {general.base:.3f} bits "
            f"per byte, {general.share:.1%} more, and {MOST_GENERAL:.0%} is allowed",
        )
    if not general.divergence <= MOST_GENERAL:
        return Verdict(
            False,
            f"it changes general text: what it expects there diverges from the base by "
            f"{general.divergence:.1%} of the bits, and {MOST_GENERAL:.0%} is allowed",
        )
    return Verdict(True, f"better than {name} on held-out text: {figures}")


def defend(verdict: Verdict, active: str, lead: Interval | None) -> Verdict:
    """Keep the active adapter where the new one is clearly worse; `lead` is the new one's."""
    if not verdict.promoted or lead is None or lead.high >= 0:
        return verdict
    return Verdict(
        False,
        f"worse than the active adapter {active} on held-out text: {-lead.mean:.3f} bits per byte "
        f"(95 % interval {-lead.high:.3f} to {-lead.low:.3f})",
    )
