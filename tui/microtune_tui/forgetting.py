"""Forgetting a text or a source from a screen: what it takes, and what came of it, in lines."""

from collections.abc import Sequence

from microtune.forgetting import Target, find_target, forget
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.erasing import settle
from microtune_adapters.library import Library

FOR_GOOD = "This cannot be undone. Your own files and mailboxes are not touched."
SHOWN = 10  # texts before the question
BEGINNING = 60  # characters of each


def plan_of(store: Store, given: str) -> tuple[str, ...]:
    """What `microtune forget` would take of a document or source. Raises `MicrotuneError`."""
    target = find_target(store, given)
    learned = store.runs.that_saw(target.documents)
    texts = counts(len(target.documents), len(target.received))
    lines = [f"Forgets {texts} with all versions, and every draft that drew on it."]
    if any(learned.values()):
        lines.append("Adapters that learned from it are deleted; another is trained when idle.")
    return (*lines, FOR_GOOD)


def sample(store: Store, target: Target) -> list[Document]:
    """The first of its texts, for a person to look at."""
    return [store.documents.get(id) for id in target.documents[:SHOWN]]


def samples(target: Target, shown: Sequence[Document]) -> list[str]:
    """A line for each: its id, day and beginning."""
    more = len(target.documents) - len(shown)
    lines = [f"  {d.id[:12]}  {_day(d)}  {beginning(d)}" for d in shown]
    return [*lines, *([f"  … and {more} more"] if more > 0 else [])]


def beginning(document: Document) -> str:
    """Subject and first words."""
    text = " ".join(f"{document.subject} {document.text}".split())
    return text if len(text) <= BEGINNING else f"{text[: BEGINNING - 1]}…"


def counts(texts: int, messages: int, drafts: int | None = None) -> str:
    """What there is of each; received messages are named where there are any."""
    found = [count(texts, "text")] if texts or not messages else []
    found += [count(messages, "received message")] if messages else []
    found += [count(drafts, "draft")] if drafts is not None else []
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else found[0]


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _day(document: Document) -> str:
    return f"{document.written:%Y-%m-%d}" if document.written else "undated   "


def forget_document(store: Store, library: Library, given: str) -> str:
    """Do it, and say what came of it. Raises `MicrotuneError`."""
    done = forget(store, find_target(store, given))
    retired = settle(store, library)
    gone = f"Forgotten: {counts(done.documents, done.received, done.drafts)}."
    return f"{gone} Retired: {', '.join(retired)}." if retired else gone
