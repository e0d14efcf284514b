"""What the tests of the commands share: an invented writer's mailbox, and homes made by commands.

Homes are made once and copied, because training takes seconds.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.running import facts
from tests.collectors.letters import ME, mail, write_mbox
from tests.microtune.invented import letter
from tests.tiny import tiny_base

LETTERS = 40
MINUTES, STEPS = 0.03, 10  # of training, and the steps that they hold: see `told_pace`
PACE = MINUTES * 60 * 0.89 / STEPS  # seconds a step: a tenth of the time is for looking at texts


@contextmanager
def _told_pace() -> Iterator[None]:
    from microtune_adapters.torch_trainer import TorchTrainer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TorchTrainer, "calibrate", lambda self, rows: PACE)
        yield


@pytest.fixture(autouse=True)
def told_pace() -> Iterator[None]:
    """How many steps fit into a minute is told in this process, not timed: else a busy machine
    would train less, and what it trained would be no better than the base."""
    with _told_pace():
        yield


@pytest.fixture(scope="session")
def base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base") / "tiny.gguf")


@pytest.fixture(scope="session")
def other_base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("other") / "other.gguf", seed=1)


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty letters of Ann's, and six messages that are none, each for another reason."""
    own = {f"letter-{n}": letter(n) for n in range(LETTERS)}
    own["again"] = letter(0)
    own["almost-again"] = letter(1).replace("garden", "park", 1) + " So it was."
    own["short"] = "Yes."
    own["only-quoted"] = "\n".join(f"> {line}" for line in letter(90).split(". "))
    messages = {
        name: mail(name, text, date=f"{1 + n % 28:02d} May {2000 + n // 28} 10:{n:02d}:00 +0000")
        for n, (name, text) in enumerate(own.items())
    }
    for name in ("theirs", "theirs-too"):
        messages[name] = mail(name, letter(len(name) + 100), sender="Ben <ben@example.com>")
    path = tmp_path_factory.mktemp("mail") / "Sent.mbox"
    write_mbox(path, {name: message.as_bytes() for name, message in messages.items()})
    return path


@pytest.fixture(scope="session")
def collected_home(
    tmp_path_factory: pytest.TempPathFactory, base_file: Path, mailbox: Path
) -> Path:
    home = tmp_path_factory.mktemp("homes") / "collected"
    facts("init", "--base", base_file, "--yes", "--home", home)
    facts("sources", "add", mailbox, "--me", ME, "--home", home)
    facts("collect", "--home", home)
    return home


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory, collected_home: Path) -> Path:
    home = tmp_path_factory.mktemp("homes") / "trained"
    shutil.copytree(collected_home, home)
    with _told_pace():
        said = facts("train", "--minutes", MINUTES, "--home", home)
    assert said["status"] == "promoted"
    return home


@pytest.fixture
def collected(own_home: Path, collected_home: Path) -> Path:
    """The home of the test: a base is chosen and Ann's letters are collected."""
    return Path(shutil.copytree(collected_home, own_home))


@pytest.fixture
def trained(own_home: Path, trained_home: Path) -> Path:
    """The home of the test, with an adapter that was trained and promoted."""
    return Path(shutil.copytree(trained_home, own_home))
