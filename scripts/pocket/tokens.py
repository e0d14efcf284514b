"""The tokenizer and the token files: plain texts and chats packed into one long array.

`tokens.npy` holds uint16 ids; `loss.npy` holds one byte a token, 1 where loss falls (all of a
plain text; of a chat, the answer alone).
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from microtune_adapters.chatml import DOCUMENT_END, END, START, ChatCodec

from . import corpus, formats
from .exclusion import Keep
from .overlap import Writings
from .threads import Threads

# The share of each kind's records that become chats, so that a quarter to a third of all tokens
# stand in chats and most of those speak as letters and conversations do.
CHAT_SHARE = {
    "mail": 0.45,
    "blog": 0.4,
    "conversation": 0.27,
    "literature": 0.12,
    "speech": 0.3,
    "minutes": 0.2,
    "gov": 0.15,
    "handbook": 0.15,
    "docs": 0.1,
}
_LONGEST_CHAT = 1000  # tokens; longer ones are left out, since none may be cut by the context


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """A byte-level BPE of `size` entries, the three control tokens first."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=[DOCUMENT_END, START, END],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer.encode_special_tokens = True  # a typed "<|im_end|>" stays text
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return tokenizer


def codec(tokenizer: Tokenizer) -> ChatCodec:
    def encode(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    return ChatCodec(encode, tokenizer.token_to_id(START), tokenizer.token_to_id(END))


def sample_texts(folder: Path, characters: int, seed: int, keep: Keep) -> Iterator[str]:
    """Texts of the mix for tokenizer training, evenly drawn from the first files."""
    left = characters
    for record in corpus.mix(folder, seed, 0.25, keep):
        yield record.text
        left -= len(record.text)
        if left < 0:
            return


Pair = tuple[list[int], list[int]]


@dataclass(slots=True)
class Prepared:
    """What the token files were made of; `prepared.json` holds it."""

    tokens: int = 0
    chat_tokens: int = 0
    loss_tokens: int = 0
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)  # source → records with known writing

    def count(self, record: corpus.Record, pairs: list[Pair], chatted: bool) -> None:
        size = sum(len(ids) for ids, _ in pairs)
        fresh = {"license": record.license, "kind": record.kind, "tokens": 0}
        self.sources.setdefault(record.source, fresh)["tokens"] += size
        self.tokens += size
        self.chat_tokens += size * chatted
        self.loss_tokens += sum(sum(marks) for _, marks in pairs)


class Encoder:
    """Records → ids and loss marks, as plain text or as chats."""

    def __init__(self, chat: ChatCodec, end: int, threads: Threads, seed: int) -> None:
        self.chat, self.end, self.threads = chat, end, threads
        self.rng = random.Random(seed)
        self.made = Prepared()

    def pairs(self, record: corpus.Record) -> list[Pair]:
        chatted = self.rng.random() < CHAT_SHARE.get(record.kind, 0.1)
        made = list(self._chats(record)) if chatted else [self._plain(record)]
        self.made.count(record, made, chatted)
        return made

    def _plain(self, record: corpus.Record) -> Pair:
        ids = [self.end, *self.chat.encode(record.text)]
        return ids, [1] * len(ids)

    def _chats(self, record: corpus.Record) -> Iterator[Pair]:
        for made in formats.chats(record, self.rng, self.threads.question(record)):
            prompt, answer = self.chat.prompt(made.turns), self.chat.answer(made.answer)
            if len(prompt) + len(answer) <= _LONGEST_CHAT:
                yield [self.end, *prompt, *answer], [0] * (len(prompt) + 1) + [1] * len(answer)


def prepare(
    data: Path, out: Path, *, vocabulary: int, seed: int, fraction: float, without: Path | None
) -> Prepared:
    """Write `tokenizer.json`, `tokens.npy`, `loss.npy` and `prepared.json` to `out`.

    Records that hold writing found under `without` are left out and counted.
    """
    out.mkdir(parents=True, exist_ok=True)
    keep = Keep(Writings.read(without) if without else None)
    if not (out / "tokenizer.json").exists():
        texts = sample_texts(data, 40_000_000, seed, keep)
        train_tokenizer(texts, vocabulary).save(str(out / "tokenizer.json"))
    tokenizer = load_tokenizer(out / "tokenizer.json")
    threads = Threads(r for r in corpus.every(data) if r.kind == "mail" and keep(r))
    encoder = Encoder(codec(tokenizer), tokenizer.token_to_id(DOCUMENT_END), threads, seed)
    records = corpus.mix(data, seed, fraction, keep)
    ids: list[np.ndarray] = []
    loss: list[np.ndarray] = []
    while batch := list(islice(records, 2000)):
        pairs = list(chain.from_iterable(map(encoder.pairs, batch)))
        encoder.rng.shuffle(pairs)
        ids.append(np.fromiter(chain.from_iterable(p[0] for p in pairs), np.uint16))
        loss.append(np.fromiter(chain.from_iterable(p[1] for p in pairs), np.uint8))
    np.save(out / "tokens.npy", np.concatenate(ids))
    np.save(out / "loss.npy", np.concatenate(loss))
    encoder.made.left_out = keep.left_out()
    (out / "prepared.json").write_text(json.dumps(asdict(encoder.made), indent=1))
    return encoder.made
