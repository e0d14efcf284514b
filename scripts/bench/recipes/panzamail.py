"""PanzaMail's LoRA recipe (IST-DASLab/PanzaMail, Apache-2.0).

Figures: configs/finetuning/lora.yaml (r 8, alpha 16, dropout 0.05, all linear, lr 1e-5, batch 8,
5 epochs, warm-up 8 batches) and configs/finetuning/base.yaml (length 512, decoupled AdamW with
betas 0.9 and 0.999 and no weight decay, linear decay to nothing). The prompt's parts and their
order are those of src/panza3/prompting/email_prompting.py with three retrieved mails
(configs/writer/prompting/email_prompting.yaml), which configs/panza_finetuning.yaml has training
inherit; loss falls on the mail alone (src/panza3/finetuning/preprocessing.py).

Otherwise than there: the instructions come from a template, since pocket cannot write them, and
tell what our briefs tell; the preambles are worded anew; retrieval is ours; texts are cut into
pieces as ours are, since what lies beyond 512 tokens would be lost to it; float32 instead of
bf16.
"""

from collections.abc import Sequence
from functools import partial
from math import ceil

from microtune.contracts import Turn
from microtune.words import Document
from microtune_adapters.briefs import about
from microtune_adapters.examples import Example, Nearest, pieces, shortened
from recipes.rival import Rival, linear

PASSAGES = 3
ROLE = (
    "You are an assistant that writes emails. I give you a short instruction, and you write a "
    "well-formed email that follows it, in my own style. If an instruction makes no sense, say "
    "that you do not understand it instead."
)
RETRIEVED = "Take facts from these earlier emails where they matter to the one you write."
THREAD = "This is the email thread so far:"


def examples(document: Document, nearest: Nearest | None, most: int) -> list[Example]:
    """Each piece as the answer to an instruction, with what came before as the thread."""
    made, before = [], document.answered
    for index, part in enumerate(pieces(document.text)[:most]):
        asked = instruction(document, part, index)
        found = nearest(f"{asked} {before[-600:]}", document.id)[:PASSAGES] if nearest else ()
        turn = Turn("user", prompt(asked, before, [shortened(passage) for passage in found]))
        made.append(Example(document.id, document.kind, "write", (turn,), part))
        before = part
    return made


def instruction(document: Document, part: str, index: int) -> str:
    """What a model would have been asked to write, as far as a template can tell."""
    first = index == 0
    told = [
        "Write an email" if first else "Go on with the email",
        f"to {', '.join(document.recipients[:2])}" if first and document.recipients else "",
        f'with the subject "{document.subject}"' if document.subject else "",
        f"about {subjects}" if (subjects := about(part)) else "",
        f"in about {len(part.split())} words",
    ]
    return " ".join(word for word in told if word) + "."


def prompt(asked: str, thread: str, passages: Sequence[str]) -> str:
    """Preamble, retrieved mails, thread and instruction, in PanzaMail's order."""
    quoted = "".join(f"E-MAIL CONTENT:\n{passage}\n\n---\n\n" for passage in passages)
    parts = [
        ROLE,
        f"{RETRIEVED}\n\n{quoted}".strip() if passages else "",
        f"{THREAD}\n\n{thread[-1200:]}\n\n---" if thread else "",
        f"Instruction: {asked}",
    ]
    return "\n\n".join(part for part in parts if part)


RIVAL = Rival(
    name="PanzaMail",
    rank=8,
    scale=2.0,
    learning_rate=1e-5,
    schedule=partial(linear, 8),
    own_end=lambda count: 5 * ceil(count / 8),
    batch=8,
    length=512,
    dropout=0.05,
    prompts=examples,
    retrieves=True,
)
