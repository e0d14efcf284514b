"""Takes the draft in front of a room along: to the clipboard, a file, the editor, or Drafts."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from microtune.drafts import Draft
from microtune.files import replace_file
from microtune.words import Source
from microtune_tui.dialogues.line import Line
from microtune_tui.dialogues.use_draft import UseDraft
from microtune_tui.saving import accounts_for, save_to_imap

if TYPE_CHECKING:
    from microtune_tui.rooms.drafting_room import DraftingRoom


class Using:
    """One question to the person, and what they chose."""

    def __init__(self, room: "DraftingRoom") -> None:
        self._room = room

    async def ask(self) -> None:
        front = self._room.drafts.front
        draft = front.draft if front.draft and front.draft.id else None
        account = await self._account(draft) if draft else None
        dialogue = UseDraft(
            words=len(front.text.split()),
            edited=front.is_edited,
            editor=editor(),
            account=account.place if account else "",
        )
        match await self._room.app.push_screen_wait(dialogue):
            case "copy":
                self._room.action_copy()
            case "save":
                await self._save(front.text.strip())
            case "editor":
                self._edit()
            case "drafts" if draft and account:
                await self._put_away(draft, account, front.text.strip())
            case "reject":
                self._room.rejected()
                self._room.say("Noted. Again (Ctrl+R) makes another.")

    async def _account(self, draft: Draft) -> Source | None:
        accounts = await self._room.clerk(lambda store: accounts_for(store, draft))
        return accounts[0] if accounts else None

    async def _save(self, text: str) -> None:
        given = await self._room.app.push_screen_wait(Line("Save", "To which file?", "draft.txt"))
        if given is None:
            return
        path = Path(given).expanduser().absolute()
        if path.exists():
            self._room.say(f"{path} exists already. Choose another name.", "trouble")
            return
        try:
            replace_file(path, text + "\n")
        except OSError as error:
            self._room.say(f"Cannot write {path} ({error.strerror}).", "trouble")
            return
        self._room.say(f"Saved {path}.")
        self._room.accepted()

    async def _put_away(self, draft: Draft, account: Source, text: str) -> None:
        """Into the account's folder of drafts; this opens a connection."""
        self._room.say(f"Saving to {account.place}.", "busy")
        saved = await self._room.clerk(lambda store: save_to_imap(store, draft, account, text))
        if saved:
            self._room.say(f"Saved in {saved.folder} of {account.place}.")
            self._room.accepted()

    def _edit(self) -> None:
        """Hand the terminal to the editor; what it saves takes the draft's place."""
        front = self._room.drafts.front
        with TemporaryDirectory(dir=self._room.assistant.wiring.home.path) as folder:
            path = Path(folder) / "draft.txt"
            path.write_text(front.text, "utf-8")
            with self._room.app.suspend():
                done = subprocess.run([*editor().split(), str(path)], check=False)
            text = path.read_text("utf-8", "replace")
        if done.returncode:
            self._room.say(f"{editor()} ended with {done.returncode}; the draft is as it was.")
            return
        front.put_changed(text.rstrip("\n"))
        self._room.accepted()
        self._room.say("The draft is as you left it in the editor.")


def editor() -> str:
    """The command of the person's editor; "" if they have set none."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
