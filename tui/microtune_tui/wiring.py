"""The composition root: puts store, library, base, collectors and engine together for one home.

The command line and the assistant both get their collaborators here and nowhere else.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from microtune import exclusions
from microtune.contracts import Collector, Engine
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.settings import POCKET, Settings
from microtune.store import Store
from microtune.words import Source
from microtune_adapters import bases
from microtune_adapters.gguf_inspect import BaseFile, Report
from microtune_adapters.library import Library


@dataclass(frozen=True, slots=True)
class Wiring:
    """Everything that belongs to one home. Opens nothing until asked to.

    `notice` gets a line when something changed that the person did not ask for.
    """

    home: Home
    notice: Callable[[str], None] = lambda line: None

    def store(self) -> Store:
        return Store.open(self.home)

    @property
    def library(self) -> Library:
        return Library(self.home.adapters)

    def open_collector(self, source: Source) -> Collector:
        """The collector for a source, held to the exclusions of this home."""
        from microtune_collectors.registry import open_collector

        return open_collector(source, exclusions.read(self.home))

    def settings(self) -> Settings:
        """What `chosen` says. Raises `MicrotuneError` before `init`."""
        settings = self.chosen()
        if settings is None:
            raise MicrotuneError(
                f"no base is chosen in {self.home.path}", "Run `microtune init --base pocket`."
            )
        return settings

    def chosen(self) -> Settings | None:
        """What `init` chose; None before it.

        Where it chose pocket and the package has since brought another, that one takes its place.
        """
        settings = Settings.load(self.home)
        if settings is None or settings.base_path != POCKET:
            return settings
        return settings if settings.base_sha256 == bases.pocket_sha256() else self._renewed()

    def _renewed(self) -> Settings | None:
        """Choose the pocket that the package carries now, and say so."""
        base, active = self.choose_base(POCKET), self.library.active()
        with self.store() as store:
            store.ledger.append("base renewed", {"base": base.name, "sha256": base.sha256})
        line = f"the base {base.name} was renewed with microtune"
        if active:
            line += f"; the adapter {active.id} fits the earlier one: run `microtune train`"
        self.notice(f"{line}.")
        return Settings.load(self.home)

    def base(self) -> BaseFile:
        """The chosen base, verified against the hash that `init` wrote down."""
        settings = self.settings()
        base = bases.resolve(settings.base_path)
        if base.sha256 != settings.base_sha256:
            raise MicrotuneError(
                f"the base {settings.base_name} is not the file that it was at `init`",
                f"Run `microtune init --base {settings.base_path}` to use it as it is, then "
                "`microtune train`: adapters fit one base only.",
            )
        return base

    def choose_base(
        self, name: str, report: Report | None = None, sha256: str | None = None
    ) -> BaseFile:
        """Verify a base and write it into the settings; `report` follows the verifying.

        `sha256` is the hash that it had when it was downloaded, if it was.
        """
        base = bases.resolve(name, report)
        if sha256 not in (None, base.sha256):
            raise MicrotuneError(
                f"{base.path} is not the file any more that was downloaded",
                f"Run `microtune bases remove {base.path.stem}` and choose it again.",
            )
        path = POCKET if name == POCKET else str(Path(name).expanduser().absolute())
        Settings(base.name, path, base.sha256).save(self.home)
        return base

    def engine(self, base: BaseFile | None = None) -> Engine:
        """An engine in a process of its own; close it."""
        from microtune_adapters import backends
        from microtune_adapters.engine.remote import RemoteEngine

        base = base or self.base()
        return RemoteEngine(base.path, back_end=backends.to_serve(base.parameters))

    @contextmanager
    def serving(self) -> Iterator[Engine]:
        with closing(self.engine()) as engine:
            yield engine
