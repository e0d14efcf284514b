"""An engine's process that draws some twenty tokens a second, so that a long draft is not over
before a busy machine lets a test go on.
"""

from pathlib import Path

SLOWLY = """
import time
from microtune_adapters.engine.native import NativeSampler
draw = NativeSampler.draw
def slowly(self):
    time.sleep(0.05)
    return draw(self)
NativeSampler.draw = slowly
"""


def slow_engine(folder: Path) -> str:
    """Make the folder, in which every Python that starts with it on its path finds this."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SLOWLY)
    return str(folder)
