"""A card is the same after being written and read, and nothing else is taken for one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.errors import MicrotuneError
from microtune_adapters.cards import Card
from tests.adapters.cards import card_for

WHERE = Path("somewhere/card.json")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(recipe=st.dictionaries(st.text(), VALUES, max_size=3), reason=st.text())
def test_a_card_survives_being_written(
    base_file: Path, recipe: dict[str, Any], reason: str
) -> None:
    card = replace(card_for(base_file), recipe=recipe, reason=reason)
    assert Card.from_json(card.to_json().encode(), WHERE) == card


def test_what_a_newer_microtune_wrote_is_kept(base_file: Path) -> None:
    content = {**json.loads(card_for(base_file).to_json()), "mood": ["sunny"]}
    card = Card.from_json(json.dumps(content), WHERE)
    assert json.loads(replace(card, reason="why").to_json())["mood"] == ["sunny"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "Update microtune"),
        ({"schema": "1"}, "Update microtune"),
        ({"words": "many"}, "has no words"),
        ({"recipe": []}, "has no recipe"),
        ({"id": None}, "has no id"),
    ],
)
def test_other_forms_are_refused(base_file: Path, change: dict[str, Any], message: str) -> None:
    content = {**json.loads(card_for(base_file).to_json()), **change}
    with pytest.raises(MicrotuneError, match=message):
        Card.from_json(json.dumps(content), WHERE)


@given(st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_nothing_else_is_taken_for_a_card(content: bytes) -> None:
    with pytest.raises(MicrotuneError, match=r"card\.json"):
        Card.from_json(content, WHERE)


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match=r"cannot read .*card\.json"):
        Card.read(tmp_path)
