"""Continue: an editor that suggests how the person would go on."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from microtune.drafts import Draft
from microtune_tui.orders import Finished, News, Piece, Side, Trouble
from microtune_tui.rooms.drafting_room import DraftingRoom
from microtune_tui.rooms.files import opened, saved
from microtune_tui.rooms.room import Room
from microtune_tui.rooms.suggestions import Suggestions
from microtune_tui.suggesting import Share, can_go_on, first
from microtune_tui.widgets.document import DocumentPane
from microtune_tui.widgets.ghost import GhostEditor

PAUSE_S = 0.4  # without a key, before a suggestion is asked for
TAKE = "Tab takes it, or go on typing."
WITH_GHOST = ("take", "another", "let_go")
WITHOUT_GHOST = ("suggest", "open")  # the footer of 80 columns has no room for all of them
WORK_FIRST = "A draft is being made in another room; suggestions come after it."


def make() -> "Continue":
    return Continue()


class Continue(Room):
    """The text, with suggestions in a pause at the end of a line. They can be switched off.

    A suggestion leaves no record until something of it is taken.
    """

    NAME, LABEL = "continue_", "Continue"
    HELP_TEXT: ClassVar[str] = """\
Write. When you pause at the end of a line, a suggestion of how you would go on appears behind the
cursor. Go on typing and it is gone.

- **Tab** takes all of it, **Ctrl+→** (or **Alt+→**) a word, **Ctrl+↓** (or **Alt+↓**) a sentence;
  **Ctrl+Z** gives it back.
- **Ctrl+G** asks for a suggestion now, **Ctrl+R** for another one, **Esc** sends it away.
- **Ctrl+N** switches suggestions in a pause off and on.
- **Ctrl+F** opens a file, **Ctrl+S** saves the text, **Ctrl+O** copies it.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take('all')", "All", priority=True),
        Binding("ctrl+right,alt+right", "take('word')", "Word", priority=True),
        Binding("ctrl+down,alt+down", "take('sentence')", "Sentence", priority=True),
        Binding("escape", "let_go", "Dismiss", priority=True),
        Binding("ctrl+g", "suggest", "Suggest", priority=True),
        Binding("ctrl+r", "another", "Another", priority=True),
        Binding("ctrl+n", "calm", "On/off", priority=True),
        Binding("ctrl+f", "open", "File", priority=True),
        Binding("ctrl+s", "save", "Save", priority=True),
        Binding("ctrl+o", "copy", "Copy", priority=True, show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.suggestions = Suggestions(self.NAME, self._record)
        self._pause: Timer | None = None
        self._calm = False  # nothing is suggested unasked
        self._saved: Path | None = None  # where the text was saved by this room

    def contents(self) -> ComposeResult:
        yield DocumentPane()

    @property
    def page(self) -> DocumentPane:
        return self.query_one(DocumentPane)

    @property
    def editor(self) -> GhostEditor:
        return self.page.editor

    async def on_mount(self) -> None:
        await super().on_mount()
        self.editor.focus()

    def on_screen_suspend(self) -> None:
        self._drop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that take are the editor's own while there is nothing to take."""
        if not self.is_mounted:
            return True
        if action in WITH_GHOST:
            return bool(self.editor.ghost) or (action == "let_go" and self.suggestions.at_work)
        if action in WITHOUT_GHOST:
            return not self.editor.ghost
        return True

    # What the person does -------------------------------------------------------------------

    def action_take(self, share: Share) -> None:
        """Make a part of the suggestion part of the text."""
        self.suggestions.take()
        self.editor.take(first(share, self.editor.ghost))

    def action_let_go(self) -> None:
        self._drop()
        self.say("")

    def action_suggest(self) -> None:
        """Ask for a suggestion, and say why if there can be none."""
        if not can_go_on(self.editor.after_cursor, self.editor.before_cursor):
            self.say("Suggestions go on from the end of a line in which something stands.")
        elif self._others_draft():
            self.say(WORK_FIRST)
        else:
            loaded = self.assistant.loaded
            self.say("Going on." if loaded else "The base is still loading.", "busy")
            self._ask(asked_for=True)

    def action_another(self) -> None:
        """The next suggestion for the same place."""
        self.action_suggest()

    def action_calm(self) -> None:
        """Suggest only when asked, or again in every pause."""
        self._calm = not self._calm
        self.page.be_calm(self._calm)
        self._drop()
        self.say("Suggestions come only with Ctrl+G now." if self._calm else "Suggestions are on.")

    @work(exclusive=True, group="file")
    async def action_open(self) -> None:
        """Take the text from a file."""
        text = await opened(self)
        if text is not None:
            editor = self.editor
            editor.replace(text, editor.document.start, editor.document.end)  # can be undone
            editor.move_cursor(editor.document.end)

    @work(exclusive=True, group="file")
    async def action_save(self) -> None:
        self._saved = await saved(self, self.editor.text, self._saved) or self._saved

    def action_copy(self) -> None:
        text = self.editor.text.strip()
        self.app.copy_to_clipboard(text)
        self.say(f"Copied {len(text.split())} words.")

    # Suggesting -----------------------------------------------------------------------------

    def on_text_area_changed(self) -> None:
        self.changed()
        self._look_again()

    def on_text_area_selection_changed(self) -> None:
        self._look_again()

    def on_ghost_editor_gone(self) -> None:
        self.refresh_bindings()

    def _look_again(self) -> None:
        """The text or the cursor changed: let go what no longer fits, and wait for a pause."""
        current = self.suggestions.current
        rest = current.rest(self.editor.before_cursor) if current else None
        if rest is None or self.editor.after_cursor.strip():
            self._drop()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE_S, self._offer)
        self.refresh_bindings()

    def _offer(self) -> None:
        """A pause: suggest something, if that is wanted and possible."""
        editor = self.editor
        wanted = not self._calm and self.is_current and self.assistant.loaded and editor.has_focus
        if not wanted or editor.ghost or self.suggestions.streaming or self._others_draft():
            return
        if can_go_on(editor.after_cursor, editor.before_cursor):
            self._ask(asked_for=False)

    def _ask(self, *, asked_for: bool) -> None:
        self._drop()
        own = self.situation is not None and self.situation.adapter is not None
        side: Side = "own" if own else "base"
        order = self.suggestions.ask(self.editor.before_cursor, side, asked_for=asked_for)
        self.assistant.session.draft(order)
        self.refresh_bindings()

    def _drop(self) -> None:
        """End what streams, and show nothing."""
        if self.suggestions.streaming and self.suggestions.current is not None:
            self.assistant.session.stop()
        self.suggestions.let_go()
        self.editor.show_ghost("")
        self.refresh_bindings()

    def _others_draft(self) -> bool:
        """Whether a draft is at work that a suggestion would stop."""
        rooms = [r for r in self.assistant.rooms.values() if isinstance(r, DraftingRoom)]
        return any(room.is_mounted and room.drafts.running for room in rooms)

    def _record(self, draft: Draft) -> None:
        self.run_worker(self.clerk(lambda store: store.drafts.record(draft)))

    # What the session tells -----------------------------------------------------------------

    def hear(self, news: News) -> None:
        match news:
            case Piece(order, text):
                if self.suggestions.hear(order, text):
                    self._show()
            case Finished(order, draft):
                self.suggestions.finish(order, draft)
                if self.suggestions.came_to_nothing(order):
                    self.say("Nothing comes to mind here. Ctrl+G tries once more.")
            case Trouble(line, order):
                if order is None or order == self.suggestions.order:
                    self.suggestions.streaming = False
                    self.say(line, "trouble")
        self.refresh_bindings()

    def _show(self) -> None:
        current = self.suggestions.current
        rest = current.rest(self.editor.before_cursor) if current else None
        if current is None or rest is None:
            return
        if rest and not self.editor.ghost:
            self.say(TAKE)
        self.editor.show_ghost(rest)
        if current.is_enough:
            self.assistant.session.stop()

    # What was begun is kept -----------------------------------------------------------------

    def fields(self) -> dict[str, str]:
        return {"text": self.editor.text}

    def restore(self, fields: Mapping[str, str]) -> None:
        self.editor.take_up(fields.get("text", ""))
        self.editor.move_cursor(self.editor.document.end)
