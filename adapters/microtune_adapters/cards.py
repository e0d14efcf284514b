"""The card of an adapter: what it was made from, for which base, and how it measured.

Knows its JSON form and nothing of where adapters lie. Holds figures and hashes, never a text.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from microtune.errors import MicrotuneError, may_be_whole

CARD_FILE = "card.json"
SCHEMA = 1
REJECTED, ERASED = "rejected", "erased"
_KINDS: dict[str, type] = {
    **dict.fromkeys(("id", "created", "base_sha256", "base_name", "data_sha256"), str),
    **dict.fromkeys(("parent", "starter", "gguf_sha256", "verdict", "reason"), str),
    **dict.fromkeys(("documents", "words"), int),
    **dict.fromkeys(("recipe", "measurements"), dict),
}
_LATER: dict[str, type] = {"lineage": dict}  # cards of the first versions lack them


@dataclass(frozen=True, slots=True)
class Card:
    """One adapter. `id` is given by the library, `created` is ISO 8601 in UTC.

    `verdict` is the gate's word: "" (not judged yet), "promoted" or "rejected", and `reason` why;
    "erased" once its weights are deleted for good.
    `parent` is the id of the adapter that training went on from, `starter` of the one beneath.
    `lineage` tells how and why so (see `microtune_adapters.lineage`), {} where it is not known.
    `documents` and `words` count all that it or an adapter before it was trained on.
    `other` keeps what a newer microtune wrote beside the fields known here.
    """

    created: str
    base_sha256: str
    base_name: str
    data_sha256: str
    documents: int
    words: int
    recipe: Mapping[str, Any] = field(default_factory=dict)
    measurements: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    lineage: Mapping[str, Any] = field(default_factory=dict)
    starter: str = ""
    gguf_sha256: str = ""
    verdict: str = ""
    reason: str = ""
    id: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)

    @property
    def erased(self) -> bool:
        return self.verdict == ERASED

    @property
    def foreign(self) -> bool:
        """Whether another program made it: what it was trained on is not known then."""
        return "origin" in self.recipe

    def require_weights(self) -> None:
        """Raises `MicrotuneError` for one whose weights were erased."""
        if self.erased:
            raise MicrotuneError(
                f"the adapter {self.id} is no more: {self.reason}",
                "Choose another (`microtune adapters list`), or run `microtune train`.",
            )

    def to_json(self) -> str:
        """The content of its card.json; keys sorted, so that the same card is the same text."""
        known = {key: value for key, value in asdict(self).items() if key != "other"}
        content = {**self.other, **known, "schema": SCHEMA}
        return json.dumps(content, indent=2, sort_keys=True) + "\n"

    def require_base(self, sha256: str, name: str) -> None:
        """Raises `MicrotuneError` unless the adapter was trained for the base of this hash.

        `name` is the base's, for people.
        """
        if self.base_sha256 != sha256:
            which = f"an earlier {name}" if self.base_name == name else f"another base than {name}"
            raise MicrotuneError(
                f"the adapter {self.id} was trained for {which}",
                "Run `microtune train` to make one for this base.",
            )

    @classmethod
    def from_json(cls, text: str | bytes, where: Path) -> "Card":
        """The card in `text`; `where` it stood is named in the `MicrotuneError` if it is none."""
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _refusal(where, "is not JSON") from error
        if not isinstance(content, dict):
            raise _refusal(where, "is not a card")
        schema = content.pop("schema", None)
        if not isinstance(schema, int) or not 1 <= schema <= SCHEMA:
            raise MicrotuneError(
                f"{where} has the form {str(schema)[:20]}, and only {SCHEMA} is known",
                "Update microtune.",
            )
        kinds = {**_KINDS, **{name: kind for name, kind in _LATER.items() if name in content}}
        known = {name: content.pop(name) for name in kinds if name in content}
        for name, kind in kinds.items():
            if name not in known or not isinstance(known[name], kind):
                raise _refusal(where, f"has no {name}")
        return cls(**known, other=content)

    @classmethod
    def read(cls, folder: Path) -> "Card":
        """The card of the adapter in `folder`. Raises `MicrotuneError`."""
        path = folder / CARD_FILE
        try:
            return cls.from_json(path.read_bytes(), path)
        except OSError as error:
            raise MicrotuneError(
                f"cannot read {path} ({error.strerror})",
                "Check the disk, then run the command again."
                if may_be_whole(error)
                else "Train or import the adapter again.",
            ) from error


def card_in(folder: Path, or_raise: bool = False) -> Card | None:
    """The card of a folder in the library; None for a damaged one, and for one that the disk keeps
    to itself unless `or_raise`."""
    try:
        card = Card.read(folder)
    except MicrotuneError as error:
        if or_raise and error.of_the_disk:
            raise
        return None
    return card if card.id == folder.name else None


def _refusal(where: Path, why: str) -> MicrotuneError:
    return MicrotuneError(f"{where} {why}", "Train or import the adapter again.")
