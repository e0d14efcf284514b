"""What to do with a draft: take it along somewhere, or say that it is no good."""

from typing import Literal

from textual.app import ComposeResult
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from microtune_tui.dialogues.dialogue import Dialogue

Use = Literal["copy", "save", "editor", "drafts", "reject"]


class UseDraft(Dialogue[Use]):
    """One of the uses; None if the dialogue was closed."""

    def __init__(self, *, words: int, edited: bool, editor: str, account: str) -> None:
        """`editor` is a command, "" if none is set; `account` an IMAP account, "" if none."""
        super().__init__("Use this draft")
        changed = ", with your changes" if edited else ""
        self._facts = f"{words} words{changed}."
        self._uses: dict[Use, str] = {"copy": "Copy it", "save": "Save it to a file …"}
        if editor:
            self._uses["editor"] = f"Open it in {editor}"
        if account:
            self._uses["drafts"] = f"Put it into Drafts of {account}"
        self._uses["reject"] = "It is not like me"

    def contents(self) -> ComposeResult:
        yield Static(self._facts, classes="hint", markup=False)
        yield OptionList(*(Option(line, id=use) for use, line in self._uses.items()))

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        use: Use | None = next((use for use in self._uses if use == event.option.id), None)
        self.dismiss(use)
