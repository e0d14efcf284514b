"""The homes that faults happen in, and how each job ends when nothing disturbs it."""

import mailbox
import random
import shutil
import signal
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from fault_base import write_tiny_base
from fault_children import Command, Ended, run
from fault_forget import MARK, marked
from fault_kinds import Place
from fault_moments import POLL_S, Course
from fault_state import BEFORE, CHECKPOINT, Curve, State, saved_step, state_of

from microtune_adapters.engine.remote import RemoteEngine

ME = "ann@example.org"
MINUTES = "60"  # far more than the steps take: their number follows from the texts alone
JOBS = ("collect", "train", "train on", "resume", "promote", "use", "forget")
FEW, MORE = 24, 30  # letters of the homes that train, before and after more are written
TOLD = 8  # letters that an adapter learns from and that are forgotten
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
THINGS = """
    acorn balcony barrel beacon boat bonfire button cabin canal cart chimney clock cupboard
    drum fence fiddle fountain gate hammer hedge island kite lamp lighthouse mill needle
    oven piano plum quilt raft rope sledge spade stable stove table tent trunk wagon well
""".split()  # noqa: SIM905
DEEDS = """
    bought built carved chose cleared drew dropped emptied filled fixed found hid lent lost
    moved opened packed raised sold washed weighed
""".split()  # noqa: SIM905


class CampaignStopped(Exception):
    """An undisturbed command failed, so that there is nothing to compare with."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A home to begin with, the command, and what it leaves undisturbed."""

    job: str
    template: Path
    arguments: tuple[str, ...]
    before: State
    after: State
    curve: dict[str, Any]
    course: Course
    saved: int  # the step of the checkpoint that it begins with


def exported(home: Path) -> bool:
    """Whether a run has come to the end of its training."""
    return any(home.glob("runs/*/peft"))


class Scenes:
    """Makes the templates below `work` with commands, and plays each job once undisturbed."""

    def __init__(self, work: Path, place: Place, engine_base: Path) -> None:
        self.work, self.place = work, place
        place.outside.mkdir()
        self.base = write_tiny_base(place.outside / "tiny.gguf", (letter(n) for n in range(400)))
        shutil.copy(self.base, engine_base)
        self.engine = RemoteEngine(engine_base, n_threads=1)

    def build(
        self, messages: list[bytes], me: list[str], jobs: Collection[str]
    ) -> dict[str, Scene]:
        """The scenes of these jobs, and of others; `messages` are what "collect" collects."""
        scenes: dict[str, Scene] = {}
        if "collect" in jobs:
            scenes["collect"] = self._collect(messages, me)
        letters = list(invented(MORE, sentences=2))
        few = self._collecting("few", letters[:FEW], [ME])
        if "forget" in jobs:
            scenes["forget"] = self._forgetting(few)
        if {*jobs} - {*scenes}:
            scenes |= self._training(few, letters)
        return scenes

    def _collect(self, messages: list[bytes], me: list[str]) -> Scene:
        """A mailbox, which has one mark in all, and a folder, which has one for each file."""
        few, notes = len(messages) // 3, self.place.outside / "notes"
        home = self._collecting("many", messages[:few], me)
        write_notes(notes, few // 2)
        self._must(home, "sources", "add", str(notes))
        self._must(home, "collect")
        write_notes(notes, few)
        write_mbox(self.place.outside / "many.mbox", messages)
        return self._scene("collect", home, "collect")

    def _training(self, few: Path, letters: list[bytes]) -> dict[str, Scene]:
        """The first adapter, another that goes on from it, and the choice of the first again."""
        train = self._scene("train", few, "train", "--minutes", MINUTES)
        write_mbox(self.place.outside / "few.mbox", letters)
        grown = self._kept(self.place.home, "grown", "collect")
        on = self._scene("train on", grown, "train", "--minutes", MINUTES)
        halfway, trained = self._kept(grown, "halfway"), self._kept(grown, "trained")
        self._kill_in_training(halfway, BEFORE, 0.6 * on.course.body)
        resume = self._scene("resume", halfway, "train", "--minutes", MINUTES)
        self._kill_in_training(trained, "peft")
        for folder in trained.glob("runs/*/peft"):  # a kill just before the export
            shutil.rmtree(folder)
        promote = self._scene("promote", trained, "train", "--minutes", MINUTES)
        two = self._kept(self.place.home, "two")
        use = self._scene("use", two, "adapters", "use", train.after.active)
        return {scene.job: scene for scene in (train, on, resume, promote, use)}

    def _forgetting(self, few: Path) -> Scene:
        """A second source is forgotten, which an adapter, a killed run and a draft drew on."""
        told, box = list(marked_letters(TOLD + 4)), self.place.outside / "told.mbox"
        home = self._kept(few, "told")
        self._must(home, *self._consent(box, told[:TOLD]))
        self._must(home, "collect")
        self._must(home, "train", "--minutes", MINUTES)
        self._must(home, "write", f"Write to Ben about the {MARK}.", "--length", "20")
        write_mbox(box, told)
        self._must(home, "collect")
        self._kill_in_training(home, CHECKPOINT)
        scene = self._scene("forget", home, "forget", str(box), "--yes")
        if not scene.before.told or scene.after.told:
            raise CampaignStopped(f"undisturbed, forget left it in {scene.after.told}")
        return scene

    def _kill_in_training(self, home: Path, name: str, seconds: float = 0.0) -> None:
        """A run that is killed once it has worked so long and its folder holds that name."""
        command = Command(home, self.work, "train", "--minutes", MINUTES)
        while command.running and not (
            any(home.glob(f"runs/*/{name}")) and command.used.now() > seconds
        ):
            time.sleep(POLL_S)
        command.kill()
        if command.end().code != -signal.SIGKILL:
            raise CampaignStopped("a run ended before it could be killed")

    def _consent(self, box: Path, messages: Iterable[bytes], *me: str) -> list[str]:
        """The command that adds a mailbox, written here with `messages`."""
        write_mbox(box, messages)
        names = [word for address in me or (ME,) for word in ("--me", address)]
        return ["sources", "add", str(box), *names]

    def _collecting(self, name: str, messages: Iterable[bytes], me: list[str]) -> Path:
        """A template that has collected `messages`, which stay in a mailbox of its name."""
        box, home = self.place.outside / f"{name}.mbox", self.work / name
        self._must(home, "init", "--base", str(self.base), "--yes")
        self._must(home, *self._consent(box, messages, *me))
        self._must(home, "collect")
        return home

    def _kept(self, home: Path, name: str, *arguments: str) -> Path:
        """A copy of a home as a template, after one more command where one is given."""
        template = Path(shutil.copytree(home, self.work / name))
        if arguments:
            self._must(template, *arguments)
        return template

    def _must(self, home: Path, *arguments: str) -> Ended:
        ended = run(home, self.work, *arguments)
        if ended.code:
            raise CampaignStopped(f"{' '.join(arguments)}: {ended.error.strip()}")
        return ended

    def _scene(self, job: str, template: Path, *arguments: str) -> Scene:
        before = state_of(template, self.work, self.engine)
        self.set_up(template)
        curve = Curve(self.place.home, self.place.disk / "curve.pt")
        command = Command(self.place.home, self.work, *arguments)
        command.await_begin()
        began = command.used.now()
        took: list[float] = []  # until the export, if there is one, and in all

        def watch() -> None:
            curve.watch()
            if not took and exported(self.place.home):
                took.append(command.used.now() - began)
            command.used.now()

        ended = command.end(watch)
        took.append(command.used.now() - began)
        if ended.code:
            raise CampaignStopped(f"{' '.join(arguments)}: {ended.error.strip()}")
        after = state_of(self.place.home, self.work, self.engine)
        if problems := before.problems + after.problems:
            raise CampaignStopped(f"{job}, undisturbed: {'; '.join(problems)}")
        course, saved = Course(took[0], took[-1] - took[0]), saved_step(template)
        return Scene(job, template, arguments, before, after, curve.read(), course, saved)

    def set_up(self, template: Path) -> None:
        """Put a copy of the template in the place where faults happen, and nothing else."""
        shutil.rmtree(self.place.home, ignore_errors=True)
        (self.place.disk / "curve.pt").unlink(missing_ok=True)
        shutil.copytree(template, self.place.home)


def letter(number: int, sentences: int = 4) -> str:
    """Plain prose that resembles no other number's."""
    chance = random.Random(number)
    return " ".join(
        f"In {chance.choice(THINGS)} weather I {chance.choice(DEEDS)} the "
        f"{chance.choice(THINGS)} near our {chance.choice(THINGS)}."
        for _ in range(sentences)
    )


def marked_letters(count: int) -> Iterator[bytes]:
    """Messages to be forgotten; none has a sentence of another's."""
    return invented(count, sentences=2, first=1000, change=marked)


def invented(
    count: int, sentences: int = 6, first: int = 0, change: Callable[[str], str] = str
) -> Iterator[bytes]:
    """Messages that Ann sent, one a day."""
    for number in range(first, first + count):
        mail = EmailMessage()
        mail["Message-ID"] = f"<{number}@example.org>"
        year, month, day = 2001 + number // 336, 1 + number // 28 % 12, 1 + number % 28
        mail["Date"] = f"{day:02d} {MONTHS[month - 1]} {year} 10:00:00 +0000"
        mail["From"], mail["To"] = f"Ann <{ME}>", "ben@example.com"
        mail["Subject"] = f"Letter {number}"
        mail.set_content(change(letter(number, sentences)))
        yield mail.as_bytes()


def write_notes(folder: Path, count: int) -> None:
    """Files of one text each."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{number}.txt").write_text(letter(5000 + number, 6), "utf-8")


def read_mbox(path: Path) -> list[bytes]:
    with closing(mailbox.mbox(path, create=False)) as box:
        return [box.get_bytes(key) for key in box.keys()]  # noqa: SIM118


def write_mbox(path: Path, messages: Iterable[bytes]) -> None:
    """An mbox with these messages in place of what was there."""
    path.unlink(missing_ok=True)
    with closing(mailbox.mbox(path)) as box:
        for message in messages:
            box.add(message)
