"""Dependencies: what is imported is declared, and what is declared is pinned with all it brings."""

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.files import ROOMS, ROOT, imports


def pins() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(one.name): one for one in wanted}


def declared(leave_out: str = "") -> list[Requirement]:
    """All that pyproject.toml names, extras too but for one of that name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = project["optional-dependencies"].items()
    extras = [group for name, group in groups if name != leave_out]
    return [Requirement(text) for group in (project["dependencies"], *extras) for text in group]


def applies(wanted: Requirement, extras: set[str]) -> bool:
    marker = wanted.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def installed() -> Iterator[tuple[str, str]]:
    """Name and version of everything that an install for development brings, direct or not."""
    waiting = [one for one in declared(leave_out="cuda") if applies(one, set())]
    seen: dict[str, set[str]] = {}
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in seen and wanted.extras <= seen[name]:
            continue
        if name not in seen:
            yield name, version(name)
        seen[name] = seen.get(name, set()) | wanted.extras
        below = [Requirement(text) for text in requires(name) or []]
        waiting += [one for one in below if applies(one, seen[name])]


def test_each_declared_dependency_is_pinned_within_its_bounds() -> None:
    for wanted in declared():
        (pin,) = pins()[canonicalize_name(wanted.name)].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), f"{wanted} against {pin}"


def test_everything_that_an_install_brings_is_pinned_at_its_version() -> None:
    brought = dict(installed())
    brought.pop("pip", None)  # the environment's own
    assert brought
    missing = [
        f"{name}=={Version(brought[name]).public}" for name in brought.keys() - pins().keys()
    ]
    assert not missing, "missing from constraints.txt:\n" + "\n".join(sorted(missing))
    other = {
        name: found
        for name, found in brought.items()
        if not pins()[name].specifier.contains(Version(found).public)
    }
    assert not other, "installed at versions other than constraints.txt says"


def test_each_library_that_the_rooms_import_is_declared() -> None:
    owners = packages_distributions()
    names = {canonicalize_name(one.name) for one in declared()} | {"mlx"}  # mlx-lm brings mlx
    ours = {*ROOMS, *sys.stdlib_module_names}
    undeclared = {
        f"{path.relative_to(ROOT)} imports {top}"
        for folder in ROOMS.values()
        for path in folder.rglob("*.py")
        for top in {name.partition(".")[0] for name in imports(path, "")} - ours - {""}
        if not names & {canonicalize_name(owner) for owner in owners.get(top, [top])}
    }
    assert not undeclared
