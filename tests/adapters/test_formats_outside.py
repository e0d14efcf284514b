"""What peft and mlx-lm save themselves is read, and written anew in the other forms it agrees."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from microtune_adapters.mlx_format import read_mlx
from microtune_adapters.peft_format import read_peft
from tests.adapters.families import Family, make_family
from tests.adapters.foreign import mlx_lm_trains, peft_saves
from tests.adapters.test_formats_agree import assert_agree, written

pytestmark = [
    # peft 0.21 asks transformers 5 for a property by its old name
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning"),
    pytest.mark.skipif(not find_spec("mlx_lm"), reason="there is no mlx for this machine"),
]


@pytest.fixture(scope="module", params=["llama", "phi3"])
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Family:
    return make_family(request.param, tmp_path_factory.mktemp(request.param))


def test_what_peft_saves_agrees_in_every_form(family: Family, tmp_path: Path) -> None:
    saved = peft_saves(family, tmp_path / "saved")
    weights = read_peft(saved, family.layers)
    assert weights.scale == 1.5
    _, mlx, file = written(weights, family, tmp_path)
    assert_agree(family, (saved, mlx, file))


def test_what_mlx_lm_trains_agrees_in_every_form(family: Family, tmp_path: Path) -> None:
    saved = mlx_lm_trains(family, tmp_path / "saved")
    weights = read_mlx(saved, family.layers)
    assert weights.layers == [family.layers - 1]
    assert len(weights.projections) == len(family.shapes) // family.layers
    peft, _, file = written(weights, family, tmp_path)
    assert_agree(family, (peft, saved, file))
