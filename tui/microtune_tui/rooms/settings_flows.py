"""What one does in Settings that takes a question first: another base, a download, the service."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError
from microtune_adapters.catalogue import known
from microtune_tui import downloads, services
from microtune_tui.base_offers import BaseOffer, switch
from microtune_tui.daemon_orders import service_of
from microtune_tui.dialogues.confirm import Confirm
from microtune_tui.dialogues.line import Line

if TYPE_CHECKING:
    from microtune_tui.rooms.settings import Settings

SWITCHED = "{name} is the base from now on. Adapters fit one base: T in Training (F8) makes one."
DOWNLOADING = (
    "It comes from huggingface.co, goes on in the background, also after you quit, and is "
    "verified. Nothing of yours is sent. The base in use stays until you choose the new one."
)
WHICH = "Which GGUF file? A path, or hf:OWNER/REPOSITORY/FILE.gguf to download it first."


class SettingsFlows:
    """Each of the methods asks and does one thing."""

    def __init__(self, room: "Settings") -> None:
        self._room = room

    async def choose(self, offer: BaseOffer) -> None:
        """Use a base that is here; offer to download another."""
        if offer.in_use:
            self._room.say(f"{offer.title} is in use already.")
        elif offer.here:
            await self._switch(offer)
        else:
            await self._download(offer)

    async def other_file(self) -> None:
        given = await self._room.app.push_screen_wait(Line("Another base", WHICH))
        if given is None:
            return
        if known(given):
            await self._start(given)
            return
        path, wiring = str(Path(given).expanduser().absolute()), self._room.assistant.wiring
        self._room.say(f"Verifying {path}.", "busy")
        base = await self._room.clerk(lambda store: wiring.choose_base(path))
        if base:
            self._switched(base.name)

    async def stop(self) -> None:
        """Stop the download under way; what came is kept."""
        home = self._room.assistant.wiring.home
        if await asyncio.to_thread(downloads.cancel, home):
            self._room.say("Stopped. What came is kept.")

    async def service(self) -> None:
        """Show what would be written, or taken away, and do it once that is agreed to."""
        service = service_of(self._room.assistant.wiring.home)
        if service.path.exists():
            gone = f"{service.path} is deleted and the daemon ends. Texts and adapters stay."
            if await self._sure("Take the daemon's service away", (gone,), "Take it away"):
                await self._done(lambda: services.uninstall(service), "It is gone.")
            return
        lines = (f"This is written to {service.path}:", "", service.text)
        if await self._sure("Have the daemon started whenever you log in", lines, "Install it"):
            self._room.assistant.wiring.home.create()
            await self._done(lambda: services.install(service), "Installed and started.")

    async def _switch(self, offer: BaseOffer) -> None:
        wiring = self._room.assistant.wiring
        self._room.say(f"Verifying {offer.title}.", "busy")
        name = await self._room.clerk(lambda store: switch(wiring, offer.name))
        if name:
            self._switched(name)

    def _switched(self, name: str) -> None:
        self._room.say(SWITCHED.format(name=name))
        self._room.assistant.session.look()

    async def _download(self, offer: BaseOffer) -> None:
        lines = (f"{offer.title}, {offer.size}", offer.about, "", DOWNLOADING)
        if await self._sure("Download this base?", lines, "Download it"):
            await self._start(offer.name)

    async def _start(self, name: str) -> None:
        try:
            await asyncio.to_thread(downloads.start, self._room.assistant.wiring.home, name)
        except MicrotuneError as error:
            self._room.say(str(error), "trouble")
            return
        self._room.say(f"{name} is being downloaded; you can go on writing.")

    async def _done(self, act: Callable[[], object], done: str) -> None:
        try:
            left = await asyncio.to_thread(act)
        except MicrotuneError as error:
            self._room.say(str(error), "trouble")
            return
        self._room.say(left if isinstance(left, str) and left else done)

    async def _sure(self, title: str, lines: tuple[str, ...], yes: str) -> bool:
        sure = await self._room.app.push_screen_wait(Confirm(title, lines, yes))
        return sure is True
