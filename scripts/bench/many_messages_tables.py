"""The benchmark of many messages in Markdown. Computes nothing but ratios."""

from collections.abc import Mapping
from typing import Any

from report import table

AIM_S = 2.0


def markdown(result: Mapping[str, Any]) -> str:
    """The archive's table, then that of one new message beside a small archive."""
    few, many = result["few"], result["many"]
    return "\n\n".join([_sentence(many), _passes(many), _dropped(many), _one(few, many)])


def _sentence(many: Mapping[str, Any]) -> str:
    archive = many["archive"]
    return (
        f"An mbox of {archive['bytes'] / 1e6:.0f} MB with {many['messages']} messages, of which "
        f"{archive['new']} documents stay; then a Maildir with {many['files']['maildir']} messages "
        f"and a folder of {many['files']['notes']} notes."
    )


def _passes(many: Mapping[str, Any]) -> str:
    names = {
        "archive": ("the mbox", many["messages"]),
        "others": ("Maildir and notes besides", sum(many["files"].values())),
        "nothing": ("nothing new in all three", 0),
    }
    rows = []
    for key, (name, texts) in names.items():
        one = many[key]
        rate = f"{texts / one['seconds']:.0f}" if texts else ""
        speed = f"{one['bytes'] / 1e6 / one['seconds']:.2f}" if texts else ""
        cells = (one["seconds"], rate, speed, one["peak_mb"], one["new"], one["database_mb"])
        rows.append([name, *cells])
    head = ["`microtune collect`", "seconds", "texts/s", "MB/s", "peak MB", "kept", "database MB"]
    return table(head, rows)


def _dropped(many: Mapping[str, Any]) -> str:
    skipped = sorted(many["archive"]["skipped"].items())
    return f"Dropped of the mbox: {', '.join(f'{count} {reason}' for reason, count in skipped)}."


def _one(few: Mapping[str, Any], many: Mapping[str, Any]) -> str:
    """One new message: small archive, large archive, ratio."""
    rows = []
    for name, measured in many["events"].items():
        before = few["events"][name]
        rows += [
            _row(f"{name}: s until stored", before["seconds"], measured["seconds"], AIM_S),
            _row("… its pass, s on a core", before["cpu_s"], measured["cpu_s"]),
            _row("… its pass, MB read", before["read_mb"], measured["read_mb"]),
            _row("… its pass, peak MB", before["peak_mb"], measured["peak_mb"]),
            _row("… the daemon, s on a core", before["daemon_s"], measured["daemon_s"]),
        ]
    rows.append(_row("by `microtune collect`, s in all", few["plain"], many["plain"]))
    sizes = [f"{one['others']['total']} documents" for one in (few, many)]
    return table(["one new text, median (longest)", *sizes, "ratio", "aim"], rows)


def _row(
    name: str, few: Mapping[str, float], many: Mapping[str, float], aim: float | str = ""
) -> list[object]:
    ratio = f"{many['median'] / few['median']:.2f}" if few["median"] else ""
    cells = [f"{one['median']:.2f} ({one['longest']:.2f})" for one in (few, many)]
    return [name, *cells, ratio, f"< {aim:g}" if aim else ""]
