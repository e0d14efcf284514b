"""A stylesheet that is parsed again only where that can come out differently.

Textual parses every style anew when a screen is first entered; with the same variables and the
same sources that gives the same rules, and takes a tenth of the time to the first screen.
"""

from textual.cache import LRUCache
from textual.css.stylesheet import CssSource, Stylesheet

SOURCES = 1024  # of which the parsed rules are remembered; with 64, the rooms push each other out
Parsed = tuple[dict[str, str], dict[tuple[str, str], CssSource]]


class ParsedOnce(Stylesheet):
    """Takes the place of an app's `stylesheet` before any style was read."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SOURCES)
        self._given = variables
        self._parsed: Parsed | None = None

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._given:
            self._given = variables
            super().set_variables(variables)

    def parse(self) -> None:
        super().parse()
        self._parsed = self._now

    def reparse(self) -> None:
        if self._parsed != self._now:
            super().reparse()
            self._parsed = self._now

    @property
    def _now(self) -> Parsed:
        return self._given, dict(self.source)
