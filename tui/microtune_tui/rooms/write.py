"""Write: a draft from a few words."""

from typing import ClassVar

from textual.app import ComposeResult

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
"""

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
