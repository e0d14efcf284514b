"""The result of a soak in Markdown. Computes nothing but sums."""

from collections.abc import Mapping
from typing import Any

from report import table


def markdown(result: dict[str, Any]) -> str:
    memory = result["memory"]
    verdict = "; ".join(result["problems"]) or "nothing lost, nothing twice, nothing else there"
    return "\n\n".join(
        [
            f"{result['minutes']:g} minutes, seed {result['seed']}: {result['days']} days on the "
            f"daemon's clock ({result['speed']:g} times as fast while it waits). "
            f"**{verdict[0].upper()}{verdict[1:]}.**",
            _held(memory),
            f"Most that any of the {memory['lives']} daemons held resident: "
            f"{memory['peak_rss_mb']} MB. Write-ahead log at most {memory['wal_mb']} MB, database "
            f"{memory['database_mb']} MB, folders of runs at most {memory['most_runs']}, temporary "
            f"files at most {memory['most_temporary']}. Share of a core in that life: "
            f"{100 * memory['core_share']:.1f} %.",
            _written(result),
            _counted("what happened", result["troubles"]),
            _trained(result),
        ]
    )


def _held(memory: Mapping[str, Any]) -> str:
    names = {
        "resident memory, MB": "rss_mb",
        "of it its own alone, MB": "uss_mb",
        "threads": "threads",
        "file descriptors": "descriptors",
    }
    slopes = {"rss_mb": memory["rss_mb_per_hour"], "uss_mb": memory["uss_mb_per_hour"]}
    head = f"one daemon for {memory['minutes']} minutes"
    rows = [
        [title, *map(memory[name].get, ("least", "first", "last", "most")), slopes.get(name, "")]
        for title, name in names.items()
    ]
    columns = ["least", "median of the first quarter", "of the last", "most", "an hour"]
    return table([head, *columns], rows)


def _written(result: Mapping[str, Any]) -> str:
    rows = [
        [source, sum(done.values()), ", ".join(f"{n} {what}" for what, n in sorted(done.items()))]
        for source, done in result["written"].items()
    ]
    manifest = result["manifest"]
    told = (
        f"{manifest.get('live', 0)} texts must be in use, {result['documents']} documents are; "
        f"{manifest.get('replaced', 0)} earlier versions, {manifest.get('foreign', 0)} texts of "
        f"others and {manifest.get('excluded', 0)} excluded ones must not be. {result['beside']} "
        f"earlier versions are in use beside later ones (see above). After the last "
        f"word was written, the last text was in the store within {result['rest_s']} s."
    )
    return f"{table(['source', 'acts', 'of which'], rows)}\n\n{told}"


def _counted(title: str, counts: Mapping[str, int]) -> str:
    return table([title, "times"], sorted(counts.items()))


def _trained(result: Mapping[str, Any]) -> str:
    states = ", ".join(f"{n} {state}" for state, n in sorted(result["runs"].items())) or "none"
    return (
        f"Training was begun {result['begun']} times and sent away {result['left']} times; "
        f"{result['failed']} jobs failed, the killed ones among them. Runs: {states}."
    )
