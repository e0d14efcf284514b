"""What the Sources room says of a source, in lines. Knows no screen and no store."""

from collections.abc import Mapping, Sequence

from microtune.curation.reasons import MEANING
from microtune.daemon.jobs import Ended
from microtune.messages import KEPT_DAYS
from microtune_tui.gathered import Gathered
from microtune_tui.widgets.status import Mood

EMPTY = "Nothing may be read yet. A adds a folder, mailbox or account of yours."
PAUSED = "Paused: it is not read, and its texts stay in use. P has it read again."


NOTHING_FOUND = (
    "No mail program or notes were found where they usually lie. A adds a place by its name."
)


def offered(program: str, place: str) -> str:
    """Of a place that is no source."""
    return (
        f"{place}\nFound by its name ({program}); nothing in it was opened.\n"
        "Enter shows what would be taken, before you agree to anything."
    )


def use(one: Gathered) -> str:
    """What is done with what is read there, and how much of it there is."""
    if one.source.context:
        return f"context only: {_count(one.received, 'received message')}, kept {KEPT_DAYS} days"
    if one.interests and not one.texts:
        return f"interests only: {_count(one.interests, 'page')}, never trained on"
    return f"learned from: {_count(one.texts, 'text')}, {_count(one.words, 'word')}"


def row(one: Gathered) -> str:
    """Its second line in the list."""
    news = f"last new {one.last_new}" if one.last_new else "nothing read yet"
    return " · ".join([*(["paused"] if one.paused else []), use(one), news])


def detail(one: Gathered, exclusions: Sequence[str]) -> str:
    """All that is known of it."""
    lines = [PAUSED] if one.paused else []
    lines.append(f"{one.source.place} ({one.source.kind})")
    if one.source.me:
        lines.append(f"Your addresses there: {', '.join(one.source.me)}")
    lines.append(f"{use(one)[0].upper()}{use(one)[1:]}.")
    lines += _left_out(one.left_out)
    if not one.last_new:
        lines.append("C reads it now; the daemon does so by itself.")
    if exclusions:
        lines.append(f"Excluded in every source: {', '.join(exclusions)}")
    return "\n".join(lines)


def collected(ended: Ended) -> tuple[str, Mood]:
    """What a pass brought."""
    facts = ended.facts
    if not facts:
        return f"Collecting failed: {ended.why}", "trouble"
    counts = f"{facts['new']} new, {facts['updated']} updated, {facts['total']} in all"
    received = f"; {facts['received']} received" if facts.get("received") else ""
    retired = f"; {facts['retired']} left training" if facts.get("retired") else ""
    failed = list(facts.get("failed") or [])
    if failed:
        return f"Read: {counts}{received}. Not read: {failed[0]}", "trouble"
    return f"Read: {counts}{received}{retired}.", "calm"


def _left_out(reasons: Mapping[str, int]) -> list[str]:
    if not reasons:
        return []
    shown = [f"{n:>7}  {reason}{_meaning(reason)}" for reason, n in reasons.items()]
    return ["Left out there:", *shown]


def _meaning(reason: str) -> str:
    return f" ({MEANING[reason]})" if reason in MEANING else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
