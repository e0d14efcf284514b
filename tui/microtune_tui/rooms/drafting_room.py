"""What the rooms that draft share: a prompt, drafts of it, and what one does with them."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from microtune.drafts import Draft
from microtune.verdicts import Verdict
from microtune_adapters.drafting import Request
from microtune_tui.orders import Began, Drawn, Finished, News, Piece, Side, Trouble
from microtune_tui.rooms.room import Room
from microtune_tui.widgets.drafts import Drafts
from microtune_tui.widgets.passages import PassagesPane
from microtune_tui.widgets.prompt import Prompt

WITH: dict[Side, str] = {"own": "with your adapter", "base": "with the base alone"}
NEEDS_TEXT = ("use", "why")
NEEDS_ADAPTER = ("compare", "three")


class DraftingRoom(Room):
    """A subclass yields a `Prompt`, `Drafts`, perhaps a `PassagesPane`, and says what is asked."""

    # with priority, so that they work from every field; none is a key that fields edit with
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g,ctrl+enter", "draft", "Draft", priority=True),
        Binding("escape", "stop", "Stop", priority=True),
        Binding("ctrl+r", "again", "Again", priority=True),
        Binding("ctrl+t", "compare", "Me/not me", priority=True),
        Binding("ctrl+l", "three", "Three", priority=True),
        Binding("ctrl+b", "why", "Why", priority=True),
        Binding("ctrl+s", "use", "Use", priority=True),
        Binding("ctrl+o", "copy", "Copy", priority=True, show=False),
    ]

    @abstractmethod
    def request(self) -> Request:
        """What is asked for now."""

    @abstractmethod
    def missing(self) -> str:
        """What is to be filled in before a draft can be asked for; "" if nothing."""

    @property
    def answers(self) -> str:
        """The id of the received message that is answered here; "" for none."""
        return ""

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def drafts(self) -> Drafts:
        return self.query_one(Drafts)

    # What the person does -------------------------------------------------------------------

    def on_prompt_submitted(self) -> None:
        self.action_draft()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now: None dims one."""
        if not self.is_mounted:
            return True
        if action == "stop":
            return True if self.drafts.running or self.drafts.shape != "one" else None
        if action == "again":
            return True if self.drafts.latest else None
        if action in NEEDS_TEXT:
            return True if self.drafts.front.text.strip() else None
        if action in NEEDS_ADAPTER:
            return bool(self.situation and self.situation.adapter) or None
        return True

    def action_draft(self) -> None:
        """Draft what is asked for."""
        self._order()

    def action_again(self) -> None:
        """Draft the same with the next seed."""
        self._order(next_seed=True)

    def action_compare(self) -> None:
        """The same prompt and seed without the adapter, and back: me or not me."""
        drafts = self.drafts
        if drafts.shape == "compare":
            drafts.turn()
        else:
            drafts.pick()
            drafts.show_as("compare", "base")
        if not self.missing():
            self._order()
        self.refresh_bindings()

    def action_three(self) -> None:
        """Three drafts of the same prompt; then the next of them in front."""
        if self.drafts.shape == "three":
            self.drafts.turn()
            return
        self.drafts.show_as("three")
        if not self.missing():
            self._order()

    def action_stop(self) -> None:
        if self.drafts.running:
            self.assistant.session.stop()
        elif self.drafts.shape != "one":
            self._pick()

    def _pick(self) -> None:
        """The draft in front stays; with three of them that is a choice."""
        front, shown = self.drafts.front.draft, [pane.draft for pane in self.drafts.shown]
        if front and self.drafts.shape == "three":
            for other in shown:
                if other and other.id and other.id != front.id:
                    self.preferred(front, other)
        self.drafts.pick()

    def action_copy(self) -> None:
        """To the clipboard; a draft that is taken along was accepted."""
        text = self.drafts.front.text.strip()
        self.app.copy_to_clipboard(text)
        self.say(f"Copied {len(text.split())} words.")
        self.accepted()

    def action_why(self) -> None:
        """What the draft in front drew on."""
        from microtune_tui.dialogues.why import Why

        front = self.drafts.front
        if front.draft is None or not front.draft.id:
            self.say("Nothing is known of how this text was made.")
            return
        self.app.push_screen(Why(front.draft, front.sentence_at_cursor))

    @work(exclusive=True, group="use")
    async def action_use(self) -> None:
        """Ask what to do with the draft in front, and do it."""
        from microtune_tui.rooms.using import Using  # brings the mail formats with it

        await Using(self).ask()

    def accepted(self) -> None:
        """Note that the draft in front was taken, as it stands there now."""
        front = self.drafts.front
        self._note(Verdict(front.draft.id, "accepted", front.text.strip()) if front.draft else None)

    def rejected(self) -> None:
        """Note that the draft in front is not like the person."""
        front = self.drafts.front
        self._note(Verdict(front.draft.id, "rejected") if front.draft else None)

    def preferred(self, chosen: Draft, over: Draft) -> None:
        """Note that one draft was picked and another of the same prompt passed over."""
        self._note(Verdict(chosen.id, "preferred", over=over.id))

    def _note(self, verdict: Verdict | None) -> None:
        if verdict and verdict.draft and self.assistant.keeps_edits:
            self.run_worker(self.clerk(lambda store: store.verdicts.record(verdict)))

    def _order(self, *, next_seed: bool = False) -> None:
        """Ask for drafts; the same seed gives the same text, so what stands there whole is not
        made twice."""
        if missing := self.missing():
            self.say(missing)
            return
        orders = [
            replace(order, answers=self.answers)
            for order in self.drafts.orders(self.request(), next_seed=next_seed)
        ]
        wanted = [order for order in orders if not self.drafts.has(order)]
        if not wanted:
            self.assistant.session.stop()
            self.say("This draft is whole. Again (Ctrl+R) makes another.")
            return
        self.drafts.begin(wanted)
        loaded = self.assistant.loaded
        self.say(
            "Drafting." if loaded else "The base is still loading; your draft is next.", "busy"
        )
        self.assistant.session.draft(*wanted)
        self.refresh_bindings()

    # What was begun is kept -----------------------------------------------------------------

    def fields(self) -> dict[str, str]:
        front = self.drafts.front
        drafted = front.draft.id if front.draft and front.text.strip() else ""
        return {**self.prompt.fields(), "draft": front.text, "drafted": drafted}

    def restore(self, fields: Mapping[str, str]) -> None:
        self.prompt.restore(fields)
        if fields.get("draft"):
            self.drafts.front.restore(fields["draft"])
        if fields.get("drafted"):
            self._know(fields["drafted"])

    @work(exclusive=True, group="know")
    async def _know(self, id: str) -> None:
        """Find how a restored draft was made."""
        draft = await self.clerk(lambda s: None if s.drafts.missing([id]) else s.drafts.get(id))
        if draft:
            self.drafts.front.know(draft)

    def on_prompt_changed(self) -> None:
        self.changed()

    def on_text_area_changed(self) -> None:
        self.changed()
        self.refresh_bindings()

    # What the session tells -----------------------------------------------------------------

    def look_around(self) -> None:
        super().look_around()
        if self.situation and self.is_mounted:
            self.drafts.with_adapter(self.situation.adapter is not None)

    def hear(self, news: News) -> None:
        match news:
            case Began() as began:
                self._show_began(began)
            case Piece():
                self.drafts.hear(news)
                return  # its text tells which keys work, see `on_text_area_changed`
            case Finished(order):
                if self.drafts.hear(news):
                    self.say("Done." if self.drafts.pane(order.pane).whole else "Stopped.")
                    self.finished()
            case Trouble(line, order):
                if order is None or self.drafts.fail(news):
                    self.say(line, "trouble")
                    self.finished()
        self.refresh_bindings()

    def finished(self) -> None:
        """All that was asked for is there, or came to nothing."""

    def _show_began(self, began: Began) -> None:
        if began.order in self.drafts.running:
            self.say(f"Drafting {WITH[began.order.side]}. Esc stops.", "busy")
            self._show_drawn(began.passages)

    @work(exclusive=True, group="drawn")
    async def _show_drawn(self, passages: Sequence[Drawn]) -> None:
        for pane in self.query(PassagesPane):
            await pane.show(passages)
