"""Text to token ids and back, as llama.cpp does it for the base of a GGUF file.

Engines and trainers that compute elsewhere take their tokens from here too, so that all of them
mean the same by an id. Needs no more of the file than its vocabulary.
"""

import ctypes
from pathlib import Path
from typing import Any

from microtune.errors import MicrotuneError

TRY_AGAIN = "Run `microtune doctor`; choose another base if it finds none of its own."


class Vocabulary:
    """The tokens of a model that llama-cpp-python has loaded (its `LlamaModel`)."""

    def __init__(self, model: Any) -> None:
        import llama_cpp

        self._api: Any = llama_cpp
        self._model = model

    def tokenise(self, text: str) -> list[int]:
        """Ids of plain text; control tokens that stand in it stay text."""
        content = text.encode("utf-8", "replace")
        return [int(i) for i in self._model.tokenize(content, add_bos=False, special=False)]

    def control(self, token: str) -> int:
        """The id of a control token. Raises `MicrotuneError` if the base has none such."""
        ids = self._model.tokenize(token.encode(), add_bos=False, special=True)
        if len(ids) != 1:
            raise MicrotuneError(
                f"the base has no token {token}", "Choose a base that speaks ChatML."
            )
        return int(ids[0])

    def piece(self, token: int) -> bytes:
        """The bytes that a token spells; control tokens spell none."""
        size = 64
        while True:  # llama-cpp-python's own wrapper hands back its whole buffer, NULs and all
            buffer = ctypes.create_string_buffer(size)
            vocabulary = self._model.vocab
            length = self._api.llama_token_to_piece(vocabulary, token, buffer, size, 0, False)
            if length >= 0:
                return buffer.raw[:length]
            size = -length

    def ends(self, token: int) -> bool:
        """Whether the token ends a turn or a document."""
        return bool(self._api.llama_vocab_is_eog(self._model.vocab, token))

    def close(self) -> None:
        """Free what was loaded; harmless when done twice."""
        self._model.close()


def open_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary alone of the base at `path`; close it. Raises `MicrotuneError`."""
    import llama_cpp
    from llama_cpp._internals import LlamaModel

    llama_cpp.llama_backend_init()
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    try:
        model = LlamaModel(path_model=str(path), params=parameters, verbose=False)
    except (ValueError, RuntimeError, OSError) as error:
        raise MicrotuneError(f"llama.cpp cannot load {path} ({error})", TRY_AGAIN) from error
    return Vocabulary(model)
