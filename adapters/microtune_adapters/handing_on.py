"""Writes an adapter for others: as microtune's own file, or as PEFT, mlx-lm or llama.cpp have it.

Nothing that is written holds a training text or a path of this machine. Knows nothing of the
library.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from microtune.errors import MicrotuneError
from microtune_adapters.cards import Card
from microtune_adapters.exchange import pack
from microtune_adapters.forms import OutForm
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE, read_base_hash
from microtune_adapters.mlx_format import write_mlx
from microtune_adapters.peft_format import read_peft, write_peft


def hand_on(
    folder: Path, card: Card, path: Path, form: OutForm, base: BaseFile | None = None
) -> None:
    """Write the adapter in `folder` to `path`, which must not exist, in that form.

    `base` is its base: how many layers that has decides what mlx-lm is told. Raises
    `MicrotuneError`.
    """
    if form == "microtune":
        pack(folder, card, path)
        return
    if path.exists():
        raise MicrotuneError(f"{path} exists already", "Choose another name.")
    try:
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as made:
            whole = Path(made) / "whole"
            _write(folder, card, whole, form, base)
            whole.rename(path)
    except OSError as error:
        raise MicrotuneError(
            f"cannot write {path} ({error.strerror})", "Choose a place with space to write to."
        ) from error


def _write(folder: Path, card: Card, whole: Path, form: OutForm, base: BaseFile | None) -> None:
    weights = read_peft(folder)
    if form == "peft":
        write_peft(whole, weights, card.base_name)
    elif form == "mlx":
        if base is None:
            raise ValueError("mlx-lm's form depends on the base")
        card.require_base(base.sha256, base.name)
        write_mlx(whole, weights, base.layers, card.base_name)
    else:
        read_base_hash(folder / ADAPTER_FILE)
        shutil.copyfile(folder / ADAPTER_FILE, whole)
