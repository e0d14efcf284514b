"""Write: a draft from a few words."""

import random
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from microtune.drafts import Draft
from microtune.verdicts import Verdict
from microtune_adapters.drafting import Request
from microtune_tui.rooms.drafting_room import DraftingRoom
from microtune_tui.widgets.drafts import Drafts
from microtune_tui.widgets.passages import PassagesPane
from microtune_tui.widgets.prompt import Prompt


def make() -> "Write":
    return Write()


class Write(DraftingRoom):
    """The brief above, the draft beneath it."""

    NAME, LABEL = "write", "Write"
    HELP_TEXT: ClassVar[str] = """\
Say in a few words what the text should say and press **Enter**. The draft streams in below; when
it is done you can edit it there.

- **Ctrl+R** makes another, **Ctrl+L** three at once, **Ctrl+Z** brings the earlier one back.
- **Ctrl+T** shows the same without your adapter: me or not me.
- **Ctrl+B** says which of your own texts it drew on.
- **Ctrl+S** copies it, saves it, or opens it in your editor.
- **Ctrl+N** is a blind test: two drafts, and you say which sounds like you.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "blind", "Blind test", priority=True, show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._is_blind = False  # both sides are being drafted, out of sight

    def contents(self) -> ComposeResult:
        yield Prompt("write")
        yield Drafts(self.NAME)
        yield PassagesPane()

    def request(self) -> Request:
        return self.prompt.request()

    def missing(self) -> str:
        return (
            "Write a brief first: in a few words, what should it say?"
            if self.prompt.is_blank
            else ""
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "blind":
            return bool(self.situation and self.situation.adapter) or None
        return super().check_action(action, parameters)

    def action_blind(self) -> None:
        """Draft by adapter and base out of sight; then the person says which is theirs."""
        if missing := self.missing():
            self.say(missing)
            return
        self._is_blind = True
        self.drafts.show_as("compare")
        self.drafts.add_class("-hidden")
        orders = self.drafts.both(self.request())
        self.drafts.begin(orders)
        self.say("Drafting two, out of sight. Esc stops.", "busy")
        self.assistant.session.draft(*orders)

    def finished(self) -> None:
        """All that was asked for is there."""
        super().finished()
        if self._is_blind:
            self._is_blind = False
            self._ask_which()

    @work(exclusive=True, group="blind")
    async def _ask_which(self) -> None:
        from microtune_tui.dialogues.blind import Blind

        drafts = {p.side: p.draft for p in self.drafts.shown if p.draft and p.whole}
        score = await self.clerk(lambda store: store.verdicts.blind_score())
        if len(drafts) == 2 and score is not None:
            sides = random.sample(sorted(drafts), 2)
            blind = Blind({side: drafts[side].text for side in sides}, score)
            chosen = await self.app.push_screen_wait(blind)
            if chosen:
                await self._note_blind(drafts["own"], drafts["base"], chosen == "own")
        self.drafts.remove_class("-hidden")

    async def _note_blind(self, own: Draft, base: Draft, took_own: bool) -> None:
        from microtune_tui.dialogues.blind import standing

        chosen, over = (own, base) if took_own else (base, own)
        verdict = Verdict(chosen.id, "preferred", over=over.id, blind=True)
        await self.clerk(lambda store: store.verdicts.record(verdict))
        score = await self.clerk(lambda store: store.verdicts.blind_score())
        whose = "your adapter" if took_own else "the base alone"
        self.say(f"That was {whose}. {standing(score or (0, 0))}")
