"""Settings: the base, when runs may train, the daemon's service, and the looks of the screen."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from microtune.daemon.settings import DaemonSettings
from microtune.errors import MicrotuneError
from microtune_adapters.download_state import Download
from microtune_tui import daemon_orders, looks
from microtune_tui.base_offers import BaseOffer, download_line, offers
from microtune_tui.preferences import Preferences
from microtune_tui.rooms.room import Room
from microtune_tui.rooms.settings_flows import SettingsFlows
from microtune_tui.widgets.rows import Rows
from microtune_tui.widgets.section import Section, Sections
from microtune_tui.widgets.slider import Slider
from microtune_tui.widgets.toggle import Toggle

LOOK_S = 0.5
THEMES = (
    (looks.DARK.name, "dark"),
    (looks.LIGHT.name, "light"),
    (looks.CONTRAST.name, "high contrast"),
)
TIMES = {  # setting of the daemon → what is asked
    "quiet_hours": "Never between",
    "idle_minutes": "Minutes that nobody is there",
    "battery_percent": "On battery above %",
    "minutes": "Minutes that a run may take",
}
SUGGESTIONS = "Suggestions while you write (Continue)"
KEEP_EDITS = "Keep what becomes of drafts on this machine, to learn from it"
HINTS = {"quiet_hours": "09:00-17:00", "battery_percent": "100: on mains only"}


def make() -> "Settings":
    return Settings()


class Settings(Room):
    """Sections with a few choices each. What is changed holds at once."""

    NAME = "settings"
    LABEL = "Settings"
    HELP_TEXT: ClassVar[str] = """\
**Tab** goes through the choices; what you change holds at once.

- **Enter** on a base uses it, or downloads it once you agree. An adapter fits one base only: after
  a change a run makes one for the new base. **O** takes a GGUF file of your own.
- Runs train while nobody is there. The times say when they never do.
- The daemon is started for you only if you install it; you see first what is written.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "other_file", "Other base"),
        Binding("x", "stop", "Stop the download"),
        Binding("s", "service", "The daemon's service"),
    ]
    DEFAULT_CSS = """
    Settings #bases { height: auto; border: none; background: $background; padding: 0; }
    Settings #about { min-height: 3; margin-top: 1; }
    Settings #download { color: $text-primary; }
    Settings .time { height: 1; }
    Settings .time Label { width: 30; color: $text-muted; }
    Settings .time Input { width: 1fr; background: $surface; padding: 0 1; }
    Settings .time Input:focus { background: $panel; }
    Settings #install { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._flows = SettingsFlows(self)
        self._offers: tuple[BaseOffer, ...] = ()
        self._download: Download | None = None

    def contents(self) -> ComposeResult:
        chosen = self.assistant.preferences
        with Sections(id="sections", can_focus=False):
            with Vertical(id="left"), Section("Base", id="base"):
                yield Static("Looking at this machine.", id="machine", classes="hint")
                yield Rows(id="bases", markup=False)
                yield Static("", id="about", classes="hint", markup=False)
                yield Static("", id="download", markup=False)
            with Vertical(id="right"):
                with Section("When runs train", id="times"):
                    for name, label in TIMES.items():
                        with Horizontal(classes="time"):
                            yield Label(label)
                            yield Input(id=name, compact=True, placeholder=HINTS.get(name, ""))
                with Section("The daemon", id="daemon"):
                    yield Static("", id="service", markup=False)
                    yield Button("", id="install", compact=True)
                with Section("Screen", id="screen"):
                    names = [name for name, _ in THEMES]
                    yield Slider("Theme ", THEMES, names.index(chosen.theme), id="theme")
                    yield Toggle(SUGGESTIONS, chosen.suggestions, "suggestions")
                    yield Toggle(KEEP_EDITS, chosen.keep_edits, "keep_edits")

    async def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one("#bases").focus()
        self.set_interval(LOOK_S, self._look_at_download)
        self._show_times()
        self._show_service()
        await self.look()

    # What the person does -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now: None dims one."""
        if action == "stop":
            return True if self._download and self._download.under_way else None
        return True

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one("#about", Static).update(self._offers[event.option_index].about)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.run_flow(self._flows.choose(self._offers[event.option_index]))

    def action_other_file(self) -> None:
        self.run_flow(self._flows.other_file())

    def action_stop(self) -> None:
        self.run_flow(self._flows.stop())

    def action_service(self) -> None:
        self.run_flow(self._flows.service())

    def on_button_pressed(self) -> None:
        self.action_service()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._change_times(event.input)

    def on_input_blurred(self, event: Input.Blurred) -> None:
        self._change_times(event.input)

    def on_slider_moved(self) -> None:
        self._prefer(replace(self._preferences, theme=self.query_one("#theme", Slider).value))

    def on_toggle_turned(self, event: Toggle.Turned) -> None:
        on = event.toggle.on
        if event.toggle.id == "keep_edits":
            self._prefer(replace(self._preferences, keep_edits=on))
        else:
            self._prefer(replace(self._preferences, suggestions=on))

    @property
    def _preferences(self) -> Preferences:
        return self.assistant.preferences

    def _prefer(self, preferences: Preferences) -> None:
        try:
            self.assistant.prefer(preferences)
        except MicrotuneError as error:
            self.say(str(error), "trouble")

    def _change_times(self, field: Input) -> None:
        name, home = str(field.id), self.assistant.wiring.home
        try:
            if field.value.strip() == _shown(DaemonSettings.load(home), name):
                return
            daemon_orders.change(home, {name: field.value.strip()})
        except MicrotuneError as error:
            self.say(f"{error.what.replace(name, TIMES[name])}.", "trouble")
            return
        except OSError as error:
            self.say(f"Cannot write to {home.path} ({error.strerror}).", "trouble")
            return
        self.say(f"{TIMES[name]}: changed.")
        self._show_times()

    def run_flow(self, flow: Coroutine[Any, Any, None]) -> None:
        self.run_worker(self._seen_through(flow), group="flow")

    async def _seen_through(self, flow: Coroutine[Any, Any, None]) -> None:
        await flow
        self._show_service()
        await self.look()

    # What there is to see -------------------------------------------------------------------

    def look_around(self) -> None:
        super().look_around()
        if self.is_mounted:
            self.beside(self.look, "look")

    async def look(self) -> None:
        """See which bases there are, and show them."""
        wiring = self.assistant.wiring
        found = await self.clerk(lambda store: offers(wiring))
        if found is None or not self.is_mounted:
            return
        self.query_one("#machine").display = False
        if found != self._offers:
            self._offers = found
            bases = self.query_one("#bases", OptionList)
            at = bases.highlighted or 0
            bases.clear_options()
            bases.add_options(Option(_row(one)) for one in found)
            bases.highlighted = min(at, len(found) - 1)
        self._look_at_download()

    def _look_at_download(self) -> None:
        before, self._download = self._download, Download.load(self.assistant.wiring.home)
        if self._download == before:
            return
        line = self.query_one("#download", Static)
        used = {one.name for one in self._offers if one.in_use}
        shown = self._download if self._download and self._download.name not in used else None
        line.update(download_line(shown))
        line.display = shown is not None
        self.refresh_bindings()
        if before and before.under_way and not (self._download and self._download.under_way):
            self.beside(self.look, "look")

    def _show_times(self) -> None:
        try:
            settings = DaemonSettings.load(self.assistant.wiring.home)
        except MicrotuneError as error:
            self.say(str(error), "trouble")
            settings = DaemonSettings()
        for name in TIMES:
            self.query_one(f"#{name}", Input).value = _shown(settings, name)

    def _show_service(self) -> None:
        service = daemon_orders.service_of(self.assistant.wiring.home)
        there = service.path.exists()
        line = "It is started whenever you log in." if there else "Nothing starts it by itself."
        self.query_one("#service", Static).update(line)
        self.query_one("#install", Button).label = "Take it away …" if there else "Install it …"


def _shown(settings: DaemonSettings, name: str) -> str:
    value = settings.facts()[name]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _row(one: BaseOffer) -> Content:
    mark = "●" if one.in_use else "○"
    notes = [
        *(["in use"] if one.in_use else []),
        *(["suits best"] if one.advised else []),
        *([] if one.fits else ["too large for this machine"]),
    ]
    note = f"  ({', '.join(notes)})" if notes else ""
    return Content.assemble(
        (f"{mark} {one.title}", "bold" if one.in_use else ""),
        f"  {one.size}",
        note,
    )
