"""How torch's threads behave on a machine that is not ours alone."""

import os


def wait_politely() -> None:
    """Let torch's threads sleep when they have waited for each other a while; call before torch
    is imported.

    OpenMP's threads spin long by default, and beside other work two of them were seen to be tens
    of times slower than one. Not spinning at all costs a third of the speed on an idle machine;
    20,000 turns, some tens of microseconds, cost nothing there.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
