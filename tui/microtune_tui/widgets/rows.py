"""A list whose rows are looked at before they are chosen."""

from textual import events
from textual.widgets import OptionList


class Rows(OptionList):
    """A click brings a row to the front, as the arrow keys do; another click, or Enter, chooses
    it. Textual's own list chooses at the first click, which is too soon for what changes things."""

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is None:
            return
        if clicked == self.highlighted:
            self.action_select()
        else:
            self.highlighted = clicked
