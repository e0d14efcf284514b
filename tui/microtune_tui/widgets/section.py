"""A titled part of a room, as high as what stands in it; the room scrolls, the section does not."""

from textual.containers import Vertical, VerticalScroll


class Section(Vertical):
    """A subclass or its user yields what stands beneath the title."""

    DEFAULT_CSS = """
    Section {
        height: auto;
        margin: 0 1;
        padding: 0 1;
        border-top: solid $foreground 25%;
        border-title-color: $text-muted;
        border-title-style: bold;
    }
    Section > Static { height: auto; }
    """

    def __init__(self, title: str, *, id: str) -> None:
        super().__init__(id=id)
        self.border_title = title


class Sections(VerticalScroll):
    """Sections beneath each other; in a wide terminal those of `#left` stand beside `#right`."""

    SCOPED_CSS = False  # the classes of the screen matter
    DEFAULT_CSS = """
    Sections { height: 1fr; scrollbar-size-vertical: 1; }
    Sections > Vertical { height: auto; }
    .-wide Sections { layout: horizontal; }
    .-wide Sections > Vertical { width: 1fr; }
    """
