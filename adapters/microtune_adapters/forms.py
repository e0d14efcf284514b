"""The forms in which adapters are handed on and taken in, by the names that people give."""

from typing import Literal, get_args

Form = Literal["peft", "mlx", "gguf"]  # what other programs read and write
OutForm = Literal["microtune", "peft", "mlx", "gguf"]
OUT_FORMS: tuple[OutForm, ...] = get_args(OutForm)
