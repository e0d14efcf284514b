"""Preference pairs as token ids: row 2i is the better text of pair i, row 2i + 1 the other.

Both stand after the same prompt, cut alike, and neither is closed by an end token: a draft that was
cut for its length has none, and where to stop is learned from whole texts. Knows nothing of models.
"""

from collections.abc import Callable, Iterable

from microtune.pairs import Pair
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.preferences import prompt_of
from microtune_adapters.rows import Encoded, Rows, one_a_row


def pair_rows(
    codec: ChatCodec, pairs: Iterable[Pair], passages: Callable[[Pair], list[str]], length: int
) -> Rows:
    """Two rows of at most `length` tokens for each pair."""
    made = [two for pair in pairs for two in _encoded(codec, pair, passages(pair), length)]
    return one_a_row(made, length)


def _encoded(codec: ChatCodec, pair: Pair, passages: list[str], length: int) -> list[Encoded]:
    turns = prompt_of(pair, passages)
    answers = [codec.encode(text)[: length * 3 // 4] for text in (pair.chosen, pair.rejected)]
    if turns is None or not all(answers):
        return []
    prompt = codec.fitted(turns, length - max(map(len, answers)))
    return [Encoded((*prompt, *answer), len(prompt)) for answer in answers]
