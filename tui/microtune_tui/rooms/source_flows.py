"""What one does with sources: a few questions each, and then the same as the commands do."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from microtune.curation.curator import Curator
from microtune.errors import MicrotuneError
from microtune.forgetting import find_target
from microtune.preview import preview
from microtune.store import Store
from microtune.words import Source
from microtune_collectors.registry import INBOXES, open_source
from microtune_tui import accounts, consent, forgetting
from microtune_tui.dialogues.confirm import Confirm
from microtune_tui.dialogues.line import Line
from microtune_tui.dialogues.offer import Offer
from microtune_tui.excluding import keep, with_patterns
from microtune_tui.gathered import Gathered
from microtune_tui.places import as_added

if TYPE_CHECKING:
    from microtune_tui.rooms.sources import Sources

WHERE = (
    "Which folder, mailbox or file? An account is written imaps://you@example.org@imap.example.org"
)
WHOSE = "Whose texts there are yours? Your mail address, or your name in a chat."
REMOVING = (
    "It is read no more, and its texts leave training. They can come back if you add it again; "
    "F erases them for good."
)
BETWEEN = "; "
EXCLUDING = (
    "Which paths are read in no source? Patterns as in a .gitignore, such as private/, with ; "
    "between them. None: leave it empty."
)
FORGETTING = "Forget what? A place, words that stand in the texts, or a text's id."


class SourceFlows:
    """Each of the methods asks and does one thing."""

    def __init__(self, room: "Sources") -> None:
        self._room = room

    # Adding ---------------------------------------------------------------------------------

    async def add(self) -> None:
        place = await self._line("Add a source", WHERE)
        if place:
            await self.offer(place)

    async def offer(self, place: str) -> None:
        """Show what would be taken of a place; read it once its owner agrees."""
        source = await self._source(place)
        if source is None:
            return
        if source.kind == accounts.KIND and not await self._signed_in(source):
            return
        agreed = await self._room.app.push_screen_wait(self._offer(source))
        if agreed == "context":
            mine = await self._room.clerk(consent.own_addresses) or ()
            source = consent.inbox(source.place, source.kind, source.me, mine)
        if agreed is None:
            await self._signed_out(source)
        elif await self._room.clerk(lambda store: consent.give(store, source)):
            self._room.say(f"May be read from now on: {source.place}.")
            await self._room.collect()

    async def _source(self, place: str) -> Source | None:
        """The source there; whose texts count is asked for where it cannot be told."""
        me: tuple[str, ...] = ()
        while True:
            try:
                return await asyncio.to_thread(open_source, place, None, me)
            except MicrotuneError as error:
                if me or "--me" not in error.remedy:
                    self._room.say(str(error), "trouble")
                    return None
                given = await self._line("Add a source", f"{error.what}. {WHOSE}")
            if not given:
                return None
            me = tuple(given.replace(",", " ").split()) if "@" in given else (given,)

    def _offer(self, source: Source) -> Offer:
        wiring = self._room.assistant.wiring
        agreed, inbox = consent.words(source), source.kind in INBOXES
        if source.kind == accounts.KIND:
            return Offer(source, agreed, None, inbox)
        look = lambda: preview(wiring.open_collector(source), Curator())  # noqa: E731
        return Offer(source, agreed, look, inbox)

    async def _signed_in(self, source: Source) -> bool:
        secret = await self._line("Sign in", f"The password of {source.place}", hidden=True)
        if not secret:
            return False
        try:
            folders = await asyncio.to_thread(accounts.keep, source, secret)
        except MicrotuneError as error:
            self._room.say(str(error), "trouble")
            return False
        self._room.say(f"Signed in. What you sent is in: {', '.join(folders)}.")
        return True

    async def _signed_out(self, source: Source) -> None:
        told = partial(self._room.say, mood="trouble")
        await self._room.clerk(lambda store: accounts.sign_out(source, store.sources.all(), told))

    # Changing -------------------------------------------------------------------------------

    async def pause(self, one: Gathered) -> None:
        def change(store: Store) -> Source:
            act = store.sources.resume if one.paused else store.sources.pause
            return act(one.source.id)

        if await self._room.clerk(change):
            stay = "" if one.paused else "; its texts stay in use"
            done = "Reads again" if one.paused else "Paused"
            self._room.say(f"{done}: {one.source.place}{stay}.")

    async def remove(self, one: Gathered) -> None:
        place = one.source.place
        if not await self._sure("Remove this source", (place, "", REMOVING), "Remove it"):
            return

        def act(store: Store) -> Source:
            source = store.sources.remove(one.source.id)
            if source.context:
                store.scrub()
            return source

        if await self._room.clerk(act):
            self._room.say(f"No source any more: {place}.")
            await self._signed_out(one.source)

    async def exclude(self, before: Sequence[str]) -> None:
        """Have other patterns than those of `before`."""
        asked = Line("Exclude paths", EXCLUDING, BETWEEN.join(before), empty=True)
        given = await self._room.app.push_screen_wait(asked)
        if given is None:
            return

        def act(store: Store) -> tuple[str, ...]:
            patterns = (pattern.strip() for pattern in given.split(BETWEEN.strip()))
            after = with_patterns((), filter(None, patterns))
            keep(store, after)
            return after

        if await self._room.clerk(act) is not None:
            self._room.say("Changed. C reads anew: what is excluded leaves training with it.")

    # Forgetting -----------------------------------------------------------------------------

    async def forget(self, one: Gathered | None) -> None:
        """Show what would be erased, ask, and erase it."""
        suggested = one.source.place if one else ""
        given = await self._line("Forget", FORGETTING, suggested)
        if not given:
            return
        if one and given == suggested:
            given = one.source.id  # two sources may be at one place
        plan = await self._room.clerk(lambda store: _plan(store, given))
        if plan is None or not await self._sure("Forget this for good?", plan[1], "Forget it"):
            return
        meant, library = plan[0], self._room.assistant.wiring.library
        self._room.say("Forgetting.", "busy")
        said = await self._room.clerk(
            lambda store: forgetting.forget_document(store, library, meant)
        )
        if said:
            await self._room.assistant.drop_erased()
            self._room.say(said)
            if one and meant == one.source.id:
                await self._signed_out(one.source)

    # Asking ---------------------------------------------------------------------------------

    async def _line(
        self, title: str, question: str, given: str = "", hidden: bool = False
    ) -> str | None:
        return await self._room.app.push_screen_wait(Line(title, question, given, hidden=hidden))

    async def _sure(self, title: str, lines: tuple[str, ...], yes: str) -> bool:
        sure = await self._room.app.push_screen_wait(Confirm(title, lines, yes))
        return sure is True


def _plan(store: Store, given: str) -> tuple[str, tuple[str, ...]]:
    """What is meant, and what it would take, with the beginnings of some of the texts."""
    meant = as_added(given, store.sources.known())
    target = find_target(store, meant)
    shown = forgetting.samples(target, forgetting.sample(store, target))
    return meant, (*forgetting.plan_of(store, meant), *shown)
