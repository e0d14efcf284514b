"""What `prepare` and `quantise` left in the work folder, read back for the model card.

A file that is missing, or lacks a part, gives an empty answer: the card then says less.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from .quantise import Form

PREPARED, QUANTISED = "prepared.json", "quantised.json"


@dataclass(frozen=True, slots=True)
class Share:
    """A source's part of the training tokens, 0 to 1."""

    source: str
    kind: str
    license: str
    share: float


@dataclass(frozen=True, slots=True)
class PreparedData:
    """What the tokens were made of. `left_out`: source → records with known people's writing."""

    tokens: int = 0
    chat_share: float = 0.0
    shares: tuple[Share, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, work: Path) -> Self:
        """What `prepared.json` says."""
        said = _json(work / PREPARED)
        content: dict[str, Any] = said if isinstance(said, dict) else {}
        tokens = int(content.get("tokens", 0))
        sources = content.get("sources", {})
        shares = [
            Share(
                name,
                str(one.get("kind", "")),
                str(one.get("license", "not stated")),
                int(one.get("tokens", 0)) / max(1, tokens),
            )
            for name, one in sources.items()
        ]
        return cls(
            tokens,
            int(content.get("chat_tokens", 0)) / max(1, tokens),
            tuple(sorted(shares, key=lambda share: -share.share)),
            {str(k): int(v) for k, v in content.get("left_out", {}).items()},
        )


def keep_forms(work: Path, forms: list[Form]) -> None:
    """Write the measured quantisations down."""
    (work / QUANTISED).write_text(json.dumps([asdict(form) for form in forms], indent=1))


def kept_forms(work: Path) -> list[Form]:
    """The quantisations that were measured; empty where none were."""
    said = _json(work / QUANTISED)
    return [Form(**one) for one in said] if isinstance(said, list) else []


def _json(path: Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else None
