"""What a person says of a draft on the command line, kept where they let such things be kept.

Knows nothing of what is learned from it.
"""

from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune_tui.given_texts import text_to_rewrite
from microtune_tui.preferences import Preferences


def judged(home: Home, store: Store, given: str, accepted: str | None, over: str | None) -> Verdict:
    """Record it: accepted as the text in the file `accepted` ("-": standard input), preferred over
    a draft, or else rejected.

    Raises `MicrotuneError` where nothing is to be kept, for a draft or file that is not there, and
    for two drafts that are not of the same request.
    """
    chosen, _ = Preferences.load(home)
    if not chosen.keep_edits:
        raise MicrotuneError(
            "what becomes of drafts is not kept here, as you chose",
            "Let runs learn from it in the assistant's settings (F12), then say it again.",
        )
    draft = store.drafts.get(given)
    if over is not None:
        other = store.drafts.get(over)
        if other.id == draft.id or (other.command, other.request) != (draft.command, draft.request):
            raise MicrotuneError(
                f"{draft.id} and {other.id} are not two drafts of the same request",
                "Draft it again with another --seed or --adapter, and compare those.",
            )
        verdict = Verdict(draft.id, "preferred", over=other.id)
    elif accepted is not None:
        verdict = Verdict(draft.id, "accepted", text_to_rewrite(accepted))
    else:
        verdict = Verdict(draft.id, "rejected")
    store.verdicts.record(verdict)
    return verdict
