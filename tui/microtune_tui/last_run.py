"""The last training run as `status` and `daemon status` show it."""

from typing import Any

from microtune.runs import Run
from microtune.store import Store


def last_run(store: Store) -> dict[str, Any] | None:
    """Its id, state, start, adapter and the reason of its verdict; None before the first."""
    run = next(iter(store.runs.all()), None)
    return _facts(run) if run else None


def last_run_line(run: dict[str, Any] | None) -> str:
    """A running one may also have been killed: nothing tells them apart, and both go on."""
    if run is None:
        return "none yet (microtune train)"
    unfinished = "`microtune train` goes on with it" * (run["state"] in ("running", "interrupted"))
    said = run["reason"] or unfinished
    return f"{run['started'][:10]}, {run['state']}" + (f": {said}" if said else "")


def _facts(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "state": run.state,
        "started": run.started.isoformat(timespec="seconds"),
        "adapter": run.adapter,
        "reason": run.reason,
    }
