"""Takes in an adapter that another program made: PEFT's folder, mlx-lm's folder, or a GGUF.

It is read strictly, checked against the shapes of the base, and written anew as microtune keeps its
own. Nothing but safetensors and GGUF is opened: a pickle runs whatever its writer put into it.
Knows nothing of the library.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters import mlx_format, peft_format
from microtune_adapters.cards import Card
from microtune_adapters.forms import Form
from microtune_adapters.gguf_adapter import write_gguf
from microtune_adapters.gguf_header import MAGIC, read_header
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE, BASE_KEY
from microtune_adapters.gguf_reading import read_gguf
from microtune_adapters.gguf_shape import read_shape
from microtune_adapters.lora_weights import LoraWeights

PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npz", ".npy")
CONFIG = peft_format.CONFIG  # the same name in mlx-lm's folders
LIMITS = {
    CONFIG: 1 << 20,
    peft_format.WEIGHTS: 1 << 31,
    mlx_format.WEIGHTS: 1 << 31,
}  # bytes
KNOWN = "microtune reads PEFT's and mlx-lm's folders, and adapters in GGUF."


def form_of(path: Path) -> Form | None:
    """In which form another program wrote the adapter at `path`; None where it did not.

    Raises `MicrotuneError` for a form that is not read, pickles above all.
    """
    try:
        return _form_of_folder(path) if path.is_dir() else _form_of_file(path)
    except OSError as error:
        raise MicrotuneError(
            f"cannot import {path} ({error.strerror or error})",
            "Check the path and who may read it.",
        ) from error


def take_in(path: Path, form: Form, into: Path, base: BaseFile) -> Card:
    """Write the adapter at `path` into the empty folder `into`, for `base`; its card, unjudged.

    The base that it was made for cannot be proven unless the file itself names its hash. Raises
    `MicrotuneError` for one that is malformed, or does not fit the base.
    """
    shape = read_shape(base.path)
    proven = False
    if form == "peft":
        weights = peft_format.read_peft(path, base.layers)
    elif form == "mlx":
        weights = mlx_format.read_mlx(path, base.layers)
    else:
        proven = _names(path, base)
        weights = read_gguf(path, shape)
    write_gguf(into / ADAPTER_FILE, weights, shape, base.sha256)
    peft_format.write_peft(into, weights, base.name)
    return _card(weights, form, proven, base)


def _card(weights: LoraWeights, form: Form, proven: bool, base: BaseFile) -> Card:
    return Card(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        base_sha256=base.sha256,
        base_name=base.name,
        data_sha256="",  # nothing is known of what it was trained on
        documents=0,
        words=0,
        recipe={
            "origin": form,
            "base_proven": proven,
            "rank": weights.rank,
            "alpha": weights.scale * weights.rank,
        },
    )


def _form_of_folder(path: Path) -> Form:
    """What the configuration says, where there are weights to it in a form that is read."""
    written: dict[Form, str] = {"peft": peft_format.WEIGHTS, "mlx": mlx_format.WEIGHTS}
    forms = [form for form, name in written.items() if (path / name).is_file()]
    if not forms:
        pickles = sorted(one.name for one in path.iterdir() if one.suffix in PICKLES)
        if pickles:
            raise MicrotuneError(
                f"{path / pickles[0]} may run code when it is opened, so it is not",
                f"Save the adapter as safetensors, in {peft_format.WEIGHTS}.",
            )
        raise MicrotuneError(f"{path} holds no adapter that can be read", KNOWN)
    for name in (CONFIG, *(written[form] for form in forms)):
        if not (path / name).is_file() or (path / name).stat().st_size > LIMITS[name]:
            raise MicrotuneError(f"{path} has no {name} of a sensible size", KNOWN)
    return forms[0] if len(forms) == 1 or _says_peft(path) else forms[1]


def _says_peft(path: Path) -> bool:
    try:
        return "peft_type" in json.loads((path / CONFIG).read_bytes())
    except (ValueError, TypeError, RecursionError):
        return True  # whoever reads it says what is wrong with it


def _form_of_file(path: Path) -> Form | None:
    if path.suffix.lower() in PICKLES:
        raise MicrotuneError(
            f"{path} may run code when it is opened, so it is not",
            "Save the adapter as safetensors (PEFT: save_pretrained) and give its folder.",
        )
    if path.suffix.lower() == ".safetensors":
        raise MicrotuneError(
            f"{path} holds weights without their configuration", "Give the folder that it lies in."
        )
    if path.exists() and not path.is_file():
        raise MicrotuneError(f"{path} is no file", KNOWN)
    return "gguf" if path.exists() and _begins_as_gguf(path) else None


def _begins_as_gguf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _names(path: Path, base: BaseFile) -> bool:
    """Whether the GGUF says that it is for `base`; raises `MicrotuneError` if for another one."""
    said = read_header(path).text(BASE_KEY)
    if said not in (None, base.sha256):
        raise MicrotuneError(
            f"{path} is an adapter of another base than {base.name}",
            f"Run `microtune train` to make one for {base.name}.",
        )
    return said is not None
