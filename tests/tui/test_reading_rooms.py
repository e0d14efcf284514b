"""Ask, Reply, Today and Why: what was written and received, looked at and answered."""

from datetime import UTC, datetime

from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea

from microtune_tui.dialogues.confirm import Confirm
from microtune_tui.dialogues.pick_message import PickMessage
from microtune_tui.dialogues.text import Text
from microtune_tui.dialogues.why import Why
from microtune_tui.wiring import Wiring
from tests.tui.inboxes import ASKS, with_inbox
from tests.tui.steps import (
    OWN,
    TwoVoices,
    assistant,
    drafted,
    drafts,
    ready,
    scripted,
    status,
    until,
    write,
)


def options(pilot: Pilot[None], id: str) -> OptionList:
    return pilot.app.screen.query_one(f"#{id}", OptionList)


def prompts(pilot: Pilot[None], id: str) -> list[str]:
    return [str(option.prompt) for option in options(pilot, id).options]


async def ask(pilot: Pilot[None], question: str) -> str:
    """What stands above the quotes once it was asked."""
    await pilot.press("f6")
    await until(pilot, lambda: bool(pilot.app.screen.query("#question")))
    found = pilot.app.screen.query_one("#found", Static)
    before = str(found.content)
    pilot.app.screen.query_one("#question", Input).value = question
    pilot.app.screen.query_one("#question", Input).focus()
    await pilot.press("enter")
    await until(pilot, lambda: status(pilot) == "" and str(found.content) != before)
    return str(found.content)


async def test_a_question_is_answered_with_quotes_of_ones_own(trained: Wiring) -> None:
    async with scripted(trained).run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        assert "1 quote" in await ask(pilot, "What did I write to Bo about the roofer?")
        (quote,) = prompts(pilot, "quotes")
        assert "he saw no roof" in quote
        assert "to Bo" in quote
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Text))
        await pilot.press("escape", "ctrl+o")
        assert "roof" in pilot.app.clipboard


async def test_what_was_never_written_is_not_found(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        found = await ask(pilot, "What did I promise Zebediah about the mortgage?")
        assert found.startswith("Nothing found.")
        assert prompts(pilot, "quotes") == []


async def test_what_waits_is_listed_with_why_and_goes_over_to_reply(trained: Wiring) -> None:
    async with scripted(with_inbox(trained, datetime.now(UTC))).run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "2 of 2 messages wait" in status(pilot))
        first, _ = prompts(pilot, "waiting")
        assert "The roof" in first
        assert "ask" in first.lower()
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.screen.query("TextArea#message")))
        message = pilot.app.screen.query_one("#message", TextArea)
        await until(pilot, lambda: message.text == ASKS)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: drafts(pilot, "reply").front.text == OWN)
    with trained.store() as store:
        (draft,) = store.drafts.newest()
        answered = store.received.answered_by(draft.id)
        assert answered is not None
        assert (draft.command, answered.subject) == ("reply", "The roof")
        assert draft.request["to"] == "Tom Reed <tom@example.org>"


async def test_a_message_that_needs_no_answer_leaves_the_list(trained: Wiring) -> None:
    async with scripted(with_inbox(trained, datetime.now(UTC))).run_test() as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: len(prompts(pilot, "waiting")) == 2)
        await pilot.press("delete")
        await until(pilot, lambda: len(prompts(pilot, "waiting")) == 1)
        assert "Plums" in prompts(pilot, "waiting")[0]


async def test_without_an_inbox_today_says_where_to_add_one(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await pilot.press("f7")
        text = pilot.app.screen.query_one
        await until(pilot, lambda: "Sources (F10)" in str(text("#text", Static).content))


async def test_a_draft_that_was_prepared_is_there_at_once(trained: Wiring) -> None:
    with_inbox(trained, datetime.now(UTC))
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: len(prompts(pilot, "waiting")) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.screen.query("TextArea#message")))
        await until(pilot, lambda: "reply" in assistant(pilot).rooms)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: drafts(pilot, "reply").front.text == OWN)
    engine = TwoVoices(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "draft ready" in "".join(prompts(pilot, "waiting")))
        await pilot.press("enter")
        await until(pilot, lambda: "reply" in assistant(pilot).rooms)
        await until(pilot, lambda: bool(pilot.app.screen.query("TextArea#message")))
        await until(pilot, lambda: drafts(pilot, "reply").front.text == OWN)
        assert not engine.asked


async def test_a_pasted_message_is_answered_and_a_received_one_picked(trained: Wiring) -> None:
    async with scripted(with_inbox(trained, datetime.now(UTC))).run_test() as pilot:
        await ready(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: bool(pilot.app.screen.query("TextArea#message")))
        await pilot.pause()
        await pilot.press("ctrl+g")
        assert "Paste a message first" in status(pilot)
        message = pilot.app.screen.query_one("#message", TextArea)
        message.load_text("Is the boat sold?")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: drafts(pilot, "reply").front.text == OWN)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickMessage))
        await pilot.press("enter")
        await until(pilot, lambda: message.text == ASKS)
    with trained.store() as store:
        (draft,) = store.drafts.newest()
        assert store.received.answered_by(draft.id) is None


async def test_why_shows_the_passages_and_what_they_share(trained: Wiring) -> None:
    async with scripted(trained).run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: isinstance(pilot.app.screen, Why))
        await until(pilot, lambda: bool(prompts(pilot, "origins")))
        assert any("all the plums but one" in text for text in prompts(pilot, "origins"))
        looked_at = pilot.app.screen.query_one("#looked-at", Static)
        before = marks(looked_at)
        await pilot.press("right")
        await until(pilot, lambda: marks(looked_at) != before)


async def test_never_using_a_text_again_forgets_it_once_the_person_has_seen_what_that_takes(
    trained: Wiring,
) -> None:
    async with scripted(trained).run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: isinstance(pilot.app.screen, Why))
        await until(pilot, lambda: bool(prompts(pilot, "origins")))
        count = len(prompts(pilot, "origins"))
        for answer in ("enter", "tab,enter"):  # the safe answer has the focus
            await pilot.press("delete")
            await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
            await pilot.press(*answer.split(","))
            await until(pilot, lambda: isinstance(pilot.app.screen, Why))
        await until(
            pilot, lambda: sum("forgotten" in text for text in prompts(pilot, "origins")) == 1
        )
        assert len(prompts(pilot, "origins")) == count
        await pilot.press("escape")
        assert drafts(pilot).front.text == ""
        await pilot.press("ctrl+q")
    with trained.store() as store:
        assert store.documents.count() == 3
        assert not store.unfinished.of("write").get("draft")


async def test_a_bug_in_what_is_looked_up_costs_a_line(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await assistant(pilot).clerk.do(lambda store: store.close())
        await pilot.press("f7")
        await until(pilot, lambda: status(pilot).startswith("Something unexpected happened ("))


def marks(shown: Static) -> list[str]:
    """What is marked how in a text."""
    assert isinstance(shown.content, Content)
    return [str(span) for span in shown.content.spans]
