"""The benchmark of asking in Markdown: who was asked what, how often it was found. Only sums."""

from collections.abc import Iterable, Sequence
from typing import Any

from report import table

Row = dict[str, Any]


def markdown(rows: Sequence[Row], archives: Sequence[Row]) -> str:
    """All tables that there are figures for."""
    parts = []
    for enough in dict.fromkeys(row["enough"] for row in rows):
        these = [row for row in rows if row["enough"] == enough]
        for tuned in (False, True):
            group = [row for row in these if row["tuned"] == tuned]
            if group:
                parts.append(_title(group, enough, tuned) + "\n\n" + _forms(group))
                parts.append(_people(group))
    if archives:
        parts.append(_times(archives))
    return "\n\n".join(parts)


def _title(rows: Sequence[Row], enough: float, tuned: bool) -> str:
    count = len({row["person"] for row in rows})
    people = f"{count} {'person' if count == 1 else 'people'}"
    which = "on whom the threshold was chosen" if tuned else "on whom nothing was chosen"
    return f"{people} {which}; threshold {enough:g}:"


def _forms(rows: Sequence[Row]) -> str:
    head = ("the question", "asked", "hit@1", "hit@3", "others quoted", "nothing found")
    forms = dict.fromkeys(row["form"] for row in rows)
    return table(head, (_form(form, [r for r in rows if r["form"] == form]) for form in forms))


def _form(form: str, rows: Sequence[Row]) -> tuple[str, ...]:
    asked, first, among, nothing = _sums(rows)
    others = asked - among - nothing
    answered = form in ("some words", "other words", "to whom and when")
    hits = (_share(first, asked), _share(among, asked)) if answered else ("", "")
    return (form, str(asked), *hits, _share(others, asked), _share(nothing, asked))


def _people(rows: Sequence[Row]) -> str:
    forms = list(dict.fromkeys(row["form"] for row in rows))
    head = ("person", "documents", *(_short(form) for form in forms), "ms, median")
    return table(
        head, (_person(name, rows, forms) for name in dict.fromkeys(r["person"] for r in rows))
    )


def _short(form: str) -> str:
    hit = form in ("some words", "other words", "to whom and when")
    return f"{form}: {'hit@1' if hit else 'false'}"


def _person(name: str, rows: Sequence[Row], forms: Iterable[str]) -> tuple[str, ...]:
    own = {row["form"]: row for row in rows if row["person"] == name}
    cells = []
    for form in forms:
        row = own.get(form)
        if row is None:
            cells.append("")
            continue
        hit = _short(form).endswith("hit@1")
        cells.append(_share(row["first"] if hit else row["asked"] - row["nothing"], row["asked"]))
    slowest = max(row["median_ms"] for row in own.values())
    return (name, str(next(iter(own.values()))["documents"]), *cells, f"{slowest:.0f}")


def _times(archives: Sequence[Row]) -> str:
    head = ("composed mail", "documents", "asked", "ms, median", "ms, 95 %", "`microtune ask`, s")
    return table(
        head,
        (
            (
                f"hit@1: {', '.join(f'{f} {s:.0%}' for f, s in row['first'].items())}",
                *(str(row[key]) for key in ("documents", "asked", "median_ms", "p95_ms")),
                str(row["command_s"]),
            )
            for row in archives
        ),
    )


def _sums(rows: Sequence[Row]) -> tuple[int, int, int, int]:
    asked, first, among, nothing = (
        sum(row[key] for row in rows) for key in ("asked", "first", "among", "nothing")
    )
    return asked, first, among, nothing


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""
