"""The last line of every screen: the keys that work there, and what they do.

Textual's own footer makes all its widgets anew whenever a key comes or goes, which took longer
than showing a piece of a draft. Here it is one line of text.
"""

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Shown:
    """A key as it is shown, from column `start` to before `end`."""

    key: str
    name: str
    what: str
    works: bool
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.name) + 1 + len(self.what)


class KeysLine(Static):
    """Says which keys work now; one that does not is dim. A click on a key is the key."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._shown: tuple[Shown, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look)

    def _look(self, screen: Screen[object]) -> None:
        if screen.app.app_focus and screen is self.screen and self.is_attached:
            shown = self._found(screen)
            if shown != self._shown:
                self._shown = shown
                self.update(Content.assemble(*(part for key in shown for part in _parts(key))))

    def _found(self, screen: Screen[object]) -> tuple[Shown, ...]:
        """The keys to be shown, each action once, in the order of their bindings."""
        shown: dict[str, Shown] = {}
        start = 0
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and binding.action not in shown:
                name = self.app.get_key_display(binding)
                key = Shown(binding.key, name, binding.description, enabled, start)
                shown[binding.action] = key
                start = key.end + 1
        return tuple(shown.values())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        for key in self._shown:
            if key.start <= event.x < key.end:
                if key.works:
                    self.app.simulate_key(key.key)
                else:
                    self.app.bell()


def _parts(key: Shown) -> list[tuple[str, str]]:
    dim = "" if key.works else " dim"
    return [
        (key.name, f"bold $footer-key-foreground{dim}"),
        (f" {key.what} ", f"$footer-description-foreground{dim}"),
    ]
