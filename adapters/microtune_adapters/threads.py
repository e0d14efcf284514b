"""How torch's threads behave on a machine that is not ours alone."""

import os


def wait_politely() -> None:
    """Let torch's threads sleep while they wait for each other; call before torch is imported.

    OpenMP's threads spin by default. On an idle machine that gains a few per cent; beside other
    work two spinning threads were seen to be tens of times slower than one.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
