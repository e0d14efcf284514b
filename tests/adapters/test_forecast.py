"""A forecast tries what a run would do, its edits of drafts too, and keeps nothing."""

from microtune_adapters.forecast import Forecast, forecast
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.lineage_choice import Wish, intent
from microtune_adapters.preferences import FEWEST, FEWEST_HELDOUT
from microtune_adapters.rival import Rival
from tests.adapters.edits import edit
from tests.adapters.training import MINUTES, STEPS, Overheard, Training, events
from tests.adapters.writers import document, filled


def test_a_forecast_tries_texts_and_edits_and_counts_steps(training: Training) -> None:
    base, stages = inspect_base(training.base), list[str]()
    with filled(training.home) as store:
        for number in range(FEWEST + FEWEST_HELDOUT):
            edit(store, number, drew_on=document(number).id)
        chosen = intent(store, training.library, base, Wish(MINUTES, edits=True))
        before = events(store)
        engine = lambda: Overheard(training.base, training.prompts)  # noqa: E731
        rival = Rival("one", training.home.path, frozenset())
        found = forecast(store, base, chosen, engine, rival, stages.append)
        assert found.steps == STEPS
        assert min(found.loading, found.training, found.measuring) > 0
        assert any("tea" in prompt for prompt in training.prompts)
        assert len(stages) == 3
        assert events(store) == before
        assert not store.runs.all()
    assert not training.home.runs.exists()


def test_the_whole_is_its_parts() -> None:
    assert Forecast(loading=1, training=2, measuring=4, steps=3).seconds == 7
