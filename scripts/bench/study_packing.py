"""Makes the pack of one person: texts by role, passages found among them, all in tokens.

No more is made than the variants use: finding passages is what takes time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from people_split import Part
from study_data import Remembered, Roles, nothing, roles
from study_examples import examples
from study_pack import About, Key, Pack, Sequences, Stream, Studied, key_of, recipe_for
from study_scoring import scored
from study_trainer import recipe_of
from study_variants import Variant

from microtune.words import Document
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Example, Nearest, heldout_examples, pieces
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import encoded, packing

WATCHED_ROWS = 8  # the trainer looks at them ten times, whatever the steps

Need = tuple[int, int]  # epochs at most, rows


class Packing:
    """`documents` are all that somebody has, oldest first; `among` is retrieval among some of
    them."""

    def __init__(
        self,
        about: About,
        part: Part,
        documents: Sequence[Document],
        among: Callable[[tuple[Document, ...]], Nearest],
        codec: ChatCodec,
    ) -> None:
        self._about, self._part, self._codec = about, part, codec
        self._documents, self._among = documents, among
        self._texts: dict[int | None, tuple[Roles, Remembered]] = {}

    def packed(self, variants: Iterable[Variant], steps: int) -> Pack:
        """What these variants need, in so many steps. Raises `MicrotuneError` for too few texts."""
        needs: dict[Key, list[Need]] = {}
        for variant in variants:
            chosen = self._recipe(variant.documents)
            recipe = recipe_of(variant, chosen)
            need = recipe.epochs, variant.steps(steps) * chosen.batch
            needs.setdefault(key_of(variant, recipe), []).append(need)
        studied = {newest: self._studied(newest) for newest in dict.fromkeys(k[0] for k in needs)}
        streams = {key: self._stream(key, of_key) for key, of_key in needs.items()}
        return Pack(self._about, studied, streams)

    def _of(self, newest: int | None) -> tuple[Roles, Remembered]:
        if newest not in self._texts:
            texts = roles(self._documents, self._part, self._about.texts, newest)
            alike = (one for one in self._texts.values() if one[0].studied == texts.studied)
            _, nearest = next(alike, (texts, None))
            self._texts[newest] = texts, nearest or Remembered(self._among(texts.studied))
        return self._texts[newest]

    def _recipe(self, newest: int | None) -> Recipe:
        texts, _ = self._of(newest)
        return recipe_for(self._about, sum(document.words for document in texts.studied))

    def _studied(self, newest: int | None) -> Studied:
        texts, nearest = self._of(newest)
        plain, retrieved = (
            scored(self._codec, _asked(dict.fromkeys(texts.scored, among)), self._about.context)
            for among in (None, nearest)
        )
        watched = _asked(
            {one: nearest if index % 2 else nothing for index, one in enumerate(texts.watched)}
        )
        return Studied(
            documents=len(texts.studied),
            words=sum(document.words for document in texts.studied),
            pieces=sum(len(pieces(document.text)) for document in texts.studied),
            scored=len(texts.scored),
            plain=plain,
            retrieved=retrieved,
            watched=tuple(islice(self._rows(watched, self._recipe(newest).row), WATCHED_ROWS)),
        )

    def _stream(self, key: Key, needs: Sequence[Need]) -> Stream:
        """Rows until each need is met or its epochs are over."""
        rows: list[Sequences] = []
        ends: list[int] = []
        for epoch in range(max(epochs for epochs, _ in needs)):
            wanted = max(count for epochs, count in needs if epochs > epoch)
            rows += islice(self._epoch(key, epoch), max(0, wanted - len(rows)))
            if len(rows) >= wanted:
                break
            ends.append(len(rows))
        return Stream(tuple(rows), tuple(ends))

    def _epoch(self, key: Key, epoch: int) -> Iterator[Sequences]:
        newest, form, passages, seed = key
        texts, nearest = self._of(newest)
        made = examples(texts.studied, nearest, seed, epoch, form, passages)
        return self._rows(made, self._recipe(newest).row)

    def _rows(self, made: Iterable[Example], length: int) -> Iterator[Sequences]:
        sequences = (encoded(self._codec, one, length) for one in made)
        return (tuple(row) for row in packing(sequences, length))


def _asked(texts: Mapping[Document, Nearest | None]) -> Iterator[Example]:
    """The texts as the product asks for held-out ones, each with its own retrieval."""
    for document, nearest in texts.items():
        yield from heldout_examples(document, nearest)
