"""Whether prompt-lookup drafting would pay for Rewrite, for one home and its base.

Such drafting guesses the next tokens from where the last ones stood before (prompt or answer) and
lets one pass of the model check all guesses. It pays if a pass gives more tokens, by more than it
costs more time. Both are measured here: the guesses that real rewrites would have met, and a pass
of one token against a pass of several.
"""

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from report import add_docs_option, publish, table

from microtune.contracts import Sampling, Turn
from microtune.locations import Home
from microtune_adapters import prompts
from microtune_adapters.bases import resolve
from microtune_adapters.drafting import Drafter, Request, turns_of
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.examples import pieces, shortened
from microtune_adapters.prompts import Brief
from microtune_tui.wiring import Wiring

NGRAM, GUESSES = 2, (2, 10)  # as llama-cpp-python's LlamaPromptLookupDecoding; 10 is its default
BEFORE, PASSES = 60, 60  # tokens in front of a timed pass, and passes timed of each length
FORMS = {"notes, as now": True, "the text itself": False}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("home", type=Path, help="of a person whose adapter is active")
    parser.add_argument("--texts", type=int, default=30)
    add_docs_option(parser)
    given = parser.parse_args()
    result = measured(Wiring(Home(given.home)), given.texts)
    publish("lookup", result, markdown(result), given.docs)


def measured(wiring: Wiring, count: int) -> dict[str, object]:
    engine = LlamaEngine(resolve(wiring.settings().base_path).path)
    try:
        with wiring.store() as store:
            texts = [
                pieces(d.text)[0] for d in islice(reversed(list(store.documents.live())), count)
            ]
            drafter = Drafter(engine, wiring.library, store.retrieval)
            drafter.use(drafter.choose(None))
            forms = {
                name: _rewrites(drafter, engine, texts, notes) for name, notes in FORMS.items()
            }
        passes = {str(n + 1): _pass_ms(engine, n + 1) for n in (0, *GUESSES)}
    finally:
        engine.close()
    return {"texts": len(texts), "forms": forms, "pass_ms": passes}


def _rewrites(
    drafter: Drafter, engine: LlamaEngine, texts: Sequence[str], notes: bool
) -> dict[str, float]:
    """Tokens for each pass of the model, by how many are guessed."""
    tokens = 0
    passes = dict.fromkeys(GUESSES, 0)
    for text in texts:
        turns = _prompt(drafter, text, notes)
        said = "".join(engine.stream(turns, Sampling(max_tokens=216), lambda _: None))
        answer = engine._native.tokenise(said)
        prompt = engine._codec.prompt(turns)
        tokens += len(answer)
        for guesses in GUESSES:
            passes[guesses] += sum(1 for _ in _passes(prompt, answer, guesses))
    return {"tokens": tokens, **{str(n): tokens / made for n, made in passes.items()}}


def _prompt(drafter: Drafter, text: str, notes: bool) -> list[Turn]:
    request = Request("rewrite", text=text)
    passages = [shortened(passage.text) for passage in drafter.passages(request)]
    if notes:
        return next(turns_of(request, passages))
    return prompts.rewrite_turns(text, Brief(), passages)


def _passes(prompt: Sequence[int], answer: Sequence[int], guesses: int) -> Iterator[int]:
    """How many tokens of the answer each pass would have given."""
    seen, at = list(prompt), 0
    while at < len(answer):
        guess = _guess(seen, guesses)
        right = 0
        while right < min(len(guess), len(answer) - at) and guess[right] == answer[at + right]:
            right += 1
        given = answer[at : at + right + 1]
        seen += given
        at += len(given)
        yield len(given)


def _guess(seen: Sequence[int], guesses: int) -> Sequence[int]:
    """What followed where the last tokens stood first."""
    for size in range(NGRAM, 0, -1):
        last = list(seen[-size:])
        for start in range(len(seen) - size):
            if list(seen[start : start + size]) == last:
                return seen[start + size : start + size + guesses]
    return []


def _pass_ms(engine: LlamaEngine, tokens: int) -> float:
    """The median time of a pass of so many tokens, in milliseconds."""
    native = engine._native
    ids = native.tokenise("We have eaten all the plums but one. " * 20)
    times = []
    for _ in range(PASSES):
        native.forget()
        native.read(ids[:BEFORE], 0)
        start = time.perf_counter()
        native.read(ids[:tokens], BEFORE, every=tokens > 1)
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def markdown(result: dict[str, object]) -> str:
    forms, passes = result["forms"], result["pass_ms"]
    assert isinstance(forms, dict)
    assert isinstance(passes, dict)
    rows = [
        (name, form["tokens"], *(f"{form[str(n)]:.3f}" for n in GUESSES))
        for name, form in forms.items()
    ]
    one = passes["1"]
    cost = ", ".join(f"of {n} tokens {ms / one:.2f}" for n, ms in passes.items() if n != "1")
    head = ("prompt holds", "tokens", *(f"tokens a pass, {n} guessed" for n in GUESSES))
    return (
        f"{result['texts']} texts of the person's own, rewritten with their adapter.\n\n"
        f"{table(head, rows)}\n\n"
        f"A pass of one token took {one:.2f} ms; in its measure a pass {cost}."
    )


if __name__ == "__main__":
    main()
