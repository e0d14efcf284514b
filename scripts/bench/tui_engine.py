"""How many tokens an engine still makes after it was told to stop. Knows no screen."""

from contextlib import closing
from pathlib import Path

from drafts import PROMPTS

from microtune.contracts import Generated, Sampling
from microtune.locations import Home
from microtune_adapters.engine.remote import RemoteEngine
from microtune_tui.wiring import Wiring


def tokens_after_cancelling(home: Path, times: int) -> list[int]:
    """For each time: tokens that were made beyond those that had come when it was cancelled."""
    wiring = Wiring(Home(home))
    active = wiring.library.active()
    beyond = []
    with closing(RemoteEngine(wiring.base().path)) as engine:
        engine.use(wiring.library.path(active.id) if active else None)
        for number in range(times):
            sampling, done, came = Sampling(seed=number, max_tokens=100), list[Generated](), 0
            for _ in engine.stream(PROMPTS[number % len(PROMPTS)], sampling, done.append):
                came += 1
                if came == 3 + number:
                    engine.cancel()
            if done[0].finish == "cancelled":
                beyond.append(done[0].tokens - came)
    return beyond
