"""A progress bar on standard error: one line that is rewritten, and gone at the end.

Knows nothing of what is going on.
"""

from typing import Any


class Bar:
    """A title, a bar, and a note such as the time left. Does nothing unless `shown`."""

    def __init__(self, title: str, *, shown: bool) -> None:
        self.title, self.shown = title, shown
        self._task: Any = None
        self._progress: Any = None

    def update(self, done: float, total: float | None, note: str = "") -> None:
        """`total` None: nobody knows how much there is."""
        if not self.shown:
            return
        if self._progress is None:
            self._start()
        self._progress.update(self._task, completed=done, total=total, note=note)

    def retitle(self, title: str) -> None:
        """Go on to the next stage."""
        self.title = title
        self.close()
        if self.shown:
            self._start()

    def close(self) -> None:
        """Take the line away; a later update brings it back."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(30),
            TextColumn("{task.fields[note]}", markup=False),  # a path may hold brackets
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        self._task = self._progress.add_task(self.title, total=None, note="")
