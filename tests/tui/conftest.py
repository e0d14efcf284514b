"""What the assistant's tests share: a tiny base, and homes in the states that people meet."""

from pathlib import Path

import pytest
from textual.app import App

from microtune.settings import Settings
from microtune_adapters.gguf_inspect import inspect_base
from microtune_tui.wiring import Wiring
from tests.tiny import tiny_base
from tests.tui.homes import home_with_letters, with_adapter


@pytest.fixture(autouse=True)
def workers_end_before_their_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the program is run: the pilot's way out takes the screens away under them."""
    shutdown = App._shutdown

    async def ended(app: App[object]) -> None:
        app.workers.cancel_all()
        await shutdown(app)

    monkeypatch.setattr(App, "_shutdown", ended)


@pytest.fixture(scope="session")
def base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base") / "tiny.gguf")


@pytest.fixture(scope="session")
def other_base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("other") / "other.gguf", seed=1)


@pytest.fixture
def no_base(own_home: Path) -> Wiring:
    """Letters are collected; no base is chosen."""
    return home_with_letters(own_home)


@pytest.fixture
def no_adapter(no_base: Wiring, base_file: Path) -> Wiring:
    """Letters are collected and a base is chosen; nothing is trained."""
    Settings("tiny", str(base_file), inspect_base(base_file).sha256).save(no_base.home)
    return no_base


@pytest.fixture
def trained(no_adapter: Wiring, base_file: Path, tmp_path: Path) -> Wiring:
    """A home with an active adapter."""
    with_adapter(no_adapter, tmp_path, base_file)
    return no_adapter


@pytest.fixture
def misfit(trained: Wiring, other_base_file: Path) -> Wiring:
    """The active adapter was trained for another base than the one chosen since."""
    Settings("other", str(other_base_file), inspect_base(other_base_file).sha256).save(trained.home)
    return trained
