"""What the Training room says, in lines. Knows figures and states, no screen and no store."""

from collections.abc import Sequence

from microtune.daemon.jobs import INTERRUPTED, NOTHING_NEW, Ended
from microtune.runs import Run
from microtune_adapters.cards import Card
from microtune_adapters.library import State
from microtune_adapters.run_progress import RunProgress
from microtune_tui.daemon_status import Seen
from microtune_tui.output import minutes
from microtune_tui.training_seen import TrainingSeen, UnderWay
from microtune_tui.widgets.measurements import bar, bits_of
from microtune_tui.widgets.status import Mood

MOST_ADAPTERS = 8  # the newest ones
BAR = 24
CONDITIONS = ("base", "base_rag", "adapter", "adapter_rag")
STATES = {
    "promoted": "its adapter came into use",
    "rejected": "no adapter of it came into use",
    "failed": "it failed",
    "running": "interrupted; the next run goes on with it",
    "interrupted": "interrupted; the next run goes on with it",
}
STAGES = {
    "training": "learning",
    "making examples": "making examples of your texts",
    "loading the base for training": "loading the base",
}
PAUSED = "The daemon pauses: it collects and trains nothing until you press P again."
RESUMED = "The daemon goes on, if one runs (Settings has it started)."


def standing(seen: TrainingSeen, run: UnderWay, own: bool) -> str:
    """What goes on, what came of the last run, and what the next one waits for."""
    going_on = [*_under_way(seen.daemon, run, own)] if run.pid is not None or own else []
    return "\n".join(
        (
            *(going_on or ["Nothing is being trained."]),
            *([] if going_on else [f"Last run: {_last(seen.run)}"]),
            f"Daemon: {_daemon(seen.daemon)}",
            *([] if going_on else _next(seen)),
        )
    )


def learning(curve: object) -> str:
    """What the curve means, or what to do to see one."""
    if curve:
        return "How much your texts still surprise it: lower is better."
    return "No run has left a curve yet. Press T to train, or let the daemon do it when idle."


def history(cards: Sequence[tuple[Card, State]]) -> str:
    """A line for each of the newest adapters: when it was made, and how it measured."""
    if not cards:
        return "No adapters yet. The first run makes one."
    head = _line("made", "state", ("base ·", "+pass o", "adapt +", "+pass #"))
    lines = [_measured(card, state) for card, state in cards[-MOST_ADAPTERS:]]
    more = len(cards) - len(lines)
    older = [f"{more} older ones are in the Library (F9)."] if more else []
    return "\n".join((head, *lines, *older))


def kept(seen: TrainingSeen) -> str:
    """What there is to learn from, and what was left out and why."""
    if not seen.documents:
        return "No texts yet. Say in Sources (F10) where your texts are, then collect."
    lines = [f"{seen.documents} texts with {seen.words} words are learned from."]
    if seen.left_out:
        lines.append("Left out of what was found:")
        lines += [f"{number:>7}  {reason}" for reason, number in seen.left_out.items()]
    return "\n".join(lines)


def outcome(ended: Ended) -> tuple[str, Mood]:
    """What came of a run that was begun here."""
    reason = str(ended.facts.get("reason", ""))
    if ended.code == INTERRUPTED:
        return "Stopped. What was learned is kept, and the next run goes on from there.", "calm"
    if ended.code != 0:
        return f"Training failed: {ended.why}", "trouble"
    match ended.facts.get("status"):
        case "promoted":
            return f"A new adapter is in use: {reason}.", "calm"
        case status if status == NOTHING_NEW:
            return f"{reason}.".replace("..", "."), "calm"
        case _:
            return f"The adapter stays as it is: {reason}.", "calm"


def roll_back(active: Card, before: Card | None) -> tuple[str, ...]:
    """What rolling back would change."""
    then = f"The one of {_made(before)} serves again." if before else "The bare base serves again."
    return (f"The adapter of {_made(active)} goes out of use.", then, "It stays in the Library.")


def rolled_back(card: Card | None) -> str:
    return f"The adapter of {_made(card)} serves again." if card else "The bare base serves again."


def _under_way(daemon: Seen, run: UnderWay, own: bool) -> tuple[str, ...]:
    whose = "here" if own else f"in another terminal (process {run.pid})"
    if not own and daemon.state == "training":
        whose = "by the daemon"
    progress = run.progress
    if progress is None:
        return (f"A run has begun, {whose}.",)
    stage = STAGES.get(progress.stage, progress.stage)
    return (f"A run is under way, {whose}: {stage}.", *_share(progress))


def _share(progress: RunProgress) -> tuple[str, ...]:
    if not progress.total:
        return ()
    share = progress.done / progress.total
    left = f", {minutes(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    return (f"{bar(share, BAR):<{BAR}} {share:.0%}{left}",)


def _last(run: Run | None) -> str:
    if run is None:
        return "none yet."
    reason = f": {run.reason}" if run.reason else ""
    return f"{run.started:%Y-%m-%d}, {STATES[run.state]}{reason}."


def _daemon(seen: Seen) -> str:
    if seen.pid is None:
        state = "paused, and not running" if seen.paused else "not running"
        return f"{state}. Settings (F12) has it started whenever you log in."
    if seen.standing is None:
        return "starting."
    since = seen.standing.since[:16].replace("T", " ")
    return f"{seen.state} since {since}: {seen.standing.line}."


def _next(seen: TrainingSeen) -> list[str]:
    waits = [f"  {check.name}: {check.words}" for check in seen.checks if not check.met]
    if waits:
        return ["Why the daemon would not train now:", *waits]
    if seen.daemon.paused:
        return ["The next run begins once the daemon goes on (P)."]
    if seen.daemon.pid is None:
        return ["Everything is there for a run: T begins it."]
    return ["The next run begins at the daemon's next look."]


def _measured(card: Card, state: State) -> str:
    bits = bits_of(card)
    figures = [f"{bits[c]:.3f}" if c in bits else "-" for c in CONDITIONS]
    return _line(card.created[:10], "erased" if card.erased else state, figures)


def _line(made: str, state: str, figures: Sequence[str]) -> str:
    """51 columns: half of a screen of 110, without its edges."""
    base, rag, adapter, both = figures
    return f"{made:<11}{state:<10}{base:>6}{rag:>8}{adapter:>8}{both:>8}"


def _made(card: Card | None) -> str:
    assert card is not None
    return card.created[:10]
