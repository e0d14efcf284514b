"""Forgetting a text or a source from a screen: what it takes, and what came of it, in lines."""

from microtune.forgetting import find_target, forget
from microtune.store import Store
from microtune_adapters.erasing import settle
from microtune_adapters.library import Library

FOR_GOOD = "This cannot be undone. Your own files and mailboxes are not touched."


def plan_of(store: Store, given: str) -> tuple[str, ...]:
    """What `microtune forget` would take of a document or source. Raises `MicrotuneError`."""
    target = find_target(store, given)
    learned = store.runs.that_saw(target.documents)
    texts = f"{len(target.documents)} text" + ("" if len(target.documents) == 1 else "s")
    lines = [f"Forgets {texts} with all versions, and every draft that drew on it."]
    if any(learned.values()):
        lines.append("Adapters that learned from it are deleted; another is trained when idle.")
    return (*lines, FOR_GOOD)


def forget_document(store: Store, library: Library, given: str) -> str:
    """Do it, and say what came of it. Raises `MicrotuneError`."""
    done = forget(store, find_target(store, given))
    retired = settle(store, library)
    gone = f"Forgotten: {done.documents} texts and {done.drafts} drafts."
    return f"{gone} Retired: {', '.join(retired)}." if retired else gone
