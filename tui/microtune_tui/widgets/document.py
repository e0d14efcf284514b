"""The text that the person writes in Continue."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from microtune_tui.widgets.ghost import GhostEditor

HINT = "Write. When you pause, a suggestion of how you would go on appears. Ctrl+F opens a file."


class DocumentPane(Vertical):
    """The editor; its title says how long the text is and if suggestions are switched off."""

    def __init__(self) -> None:
        super().__init__(id="document", classes="pane")
        self._calm = False

    def compose(self) -> ComposeResult:
        yield GhostEditor(id="document-text", placeholder=HINT)

    def on_mount(self) -> None:
        self._entitle()

    @property
    def editor(self) -> GhostEditor:
        return self.query_one(GhostEditor)

    def be_calm(self, calm: bool) -> None:
        self._calm = calm
        self._entitle()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self._entitle()

    def _entitle(self) -> None:
        words = len(self.editor.text.split())
        shown = ("Your text", f"{words} words" * bool(words), "suggestions off" * self._calm)
        self.border_title = " · ".join(part for part in shown if part)
