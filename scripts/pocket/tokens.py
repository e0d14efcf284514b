"""The tokenizer and the token files: plain texts and chats packed into one long array.

`tokens.npy` holds uint16 ids; `loss.npy` holds one byte a token, 1 where loss falls (all of a
plain text; of a chat, the answer alone).
"""

import random
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from microtune_adapters.chatml import DOCUMENT_END, END, START, ChatCodec

from . import corpus, formats

CHAT_SHARE = 0.4  # of the records; about a third of the tokens that bear loss


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


def sample_texts(folder: Path, characters: int, seed: int) -> Iterator[str]:
    """Texts of the mix for tokenizer training, evenly drawn from the first files."""
    left = characters
    for record in corpus.mix(folder, seed, fraction=0.25):
        yield record.text
        left -= len(record.text)
        if left < 0:
            return


Pair = tuple[list[int], list[int]]


def encoded(record: corpus.Record, chat: ChatCodec, end: int, rng: random.Random) -> Iterator[Pair]:
    """Ids and loss marks of one record, as plain text or as chats."""
    if rng.random() >= CHAT_SHARE:
        ids = [end, *chat.encode(record.text)]
        yield ids, [1] * len(ids)
        return
    for made in formats.chats(record, rng):
        prompt, answer = chat.prompt(made.turns), chat.answer(made.answer)
        if len(prompt) + len(answer) <= 1000:
            yield [end, *prompt, *answer], [0] * (len(prompt) + 1) + [1] * len(answer)


def prepare(data: Path, out: Path, *, vocabulary: int, seed: int, fraction: float) -> int:
    """Write `tokenizer.json`, `tokens.npy` and `loss.npy` to `out`; returns the token count."""
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "tokenizer.json").exists():
        texts = sample_texts(data, 40_000_000, seed)
        train_tokenizer(texts, vocabulary).save(str(out / "tokenizer.json"))
    tokenizer = load_tokenizer(out / "tokenizer.json")
    chat, end, rng = codec(tokenizer), tokenizer.token_to_id(DOCUMENT_END), random.Random(seed)
    records = corpus.mix(data, seed, fraction)
    ids: list[np.ndarray] = []
    loss: list[np.ndarray] = []
    while batch := list(islice(records, 2000)):
        pairs = list(chain.from_iterable(encoded(r, chat, end, rng) for r in batch))
        rng.shuffle(pairs)
        ids.append(np.fromiter(chain.from_iterable(p[0] for p in pairs), np.uint16))
        loss.append(np.fromiter(chain.from_iterable(p[1] for p in pairs), np.uint8))
    np.save(out / "tokens.npy", np.concatenate(ids))
    np.save(out / "loss.npy", np.concatenate(loss))
    return sum(map(len, ids))
