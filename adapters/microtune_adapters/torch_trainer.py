"""The torch+peft trainer: packed rows in, a PEFT folder out.

Knows nothing of the course of a run, which is in `trainer_loop`. What makes a step quick is in
`packed_loss`, `packed_attention` and `lora_linear`.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from microtune_adapters.allocator import give_back_early
from microtune_adapters.checkpoints import Saved
from microtune_adapters.fidelity import Floats
from microtune_adapters.general_texts import GeneralRows
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Rows
from microtune_adapters.torch_base import quiet
from microtune_adapters.torch_lora import load_lora
from microtune_adapters.torch_place import said_if_full, waiting
from microtune_adapters.trainer_loop import TrainerLoop


class TorchTrainer(TrainerLoop):
    """Trains one adapter on a loaded base (a transformers causal LM, where and in what form
    `torch_place` put it); implements `microtune.contracts.Trainer` for `Rows`. `pairs` are learned
    from beside the rows, and `general` texts are held on to.
    """

    def __init__(
        self,
        model: Any,
        recipe: Recipe,
        folder: Path,
        start: LoraWeights | None = None,
        pairs: Rows | None = None,
        general: GeneralRows | None = None,
    ) -> None:
        import torch

        from microtune_adapters.torch_anchor import TorchAnchor
        from microtune_adapters.torch_pairs import PairLesson

        super().__init__(recipe, folder, start, general)
        self._device = model.lm_head.weight.device
        self.pairs = PairLesson(pairs) if pairs else None
        self._lesson = TorchAnchor(self.anchor) if self.anchor else None
        self.model = _adapted(model, recipe)
        self.network = self.model.get_base_model()
        self.weights = {n: w for n, w in self.model.named_parameters() if w.requires_grad}
        self.optimiser = torch.optim.AdamW(
            self.weights.values(),
            lr=recipe.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=recipe.weight_decay,
        )
        if start is not None:
            load_lora(self.weights, start)

    def learn(self, rows: Rows, step: int, steps: int, rate: float) -> float:
        import torch

        due = self.pairs.due(step, steps) if self.pairs else None
        loss = self.finite(self._backward(rows, due, step))
        torch.nn.utils.clip_grad_norm_(list(self.weights.values()), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        return loss

    def rehearse(self, rows: Rows, step: int) -> None:
        self._backward(rows, slice(0, 1), step)
        self.optimiser.zero_grad(set_to_none=True)
        waiting(self._device.type)()

    def nats(self, rows: Rows) -> tuple[float, int]:
        import torch

        from microtune_adapters.packed_loss import summed_loss

        self.model.eval()
        with torch.no_grad(), self._computing():
            nats, count = summed_loss(self.network, rows)
        return float(nats), count

    def divergence(self, rows: Rows) -> tuple[float, float]:
        import torch

        from microtune_adapters.packed_loss import answer_states, loss_at, summed_divergence

        self.model.eval()
        with torch.no_grad(), self._computing():
            with self.bare():
                aims, wanted = answer_states(self.network, rows)
            places, _ = answer_states(self.network, rows)
            divergence = summed_divergence(self.network, places, aims)
            return float(divergence), float(loss_at(self.network, aims, wanted))

    def bare(self) -> AbstractContextManager[Any]:
        return self.model.disable_adapter()  # type: ignore[no-any-return]

    def answer_logits(self, prompt: Sequence[int], answer: Sequence[int], adapted: bool) -> Floats:
        """[answer tokens, vocabulary] at the places that predict each token of `answer`, with the
        adapter or without."""
        import torch

        self.model.eval()
        with torch.no_grad(), nullcontext() if adapted else self.model.disable_adapter():
            ids = torch.tensor([[*prompt, *answer]], device=self._device)
            logits = self.network(input_ids=ids, logits_to_keep=len(answer) + 1).logits[0, :-1]
        return np.asarray(logits.float().cpu().numpy(), np.float32)

    # What is kept and taken back ------------------------------------------------------------

    def weights_now(self) -> dict[str, Any]:
        import torch

        cpu = torch.device("cpu")
        return {n: w.detach().to(cpu, copy=True) for n, w in self.weights.items()}

    def set_weights(self, weights: dict[str, Any]) -> None:
        import torch

        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(weights[name])

    def optimiser_now(self) -> dict[str, Any]:
        return dict(self.optimiser.state_dict())

    def set_optimiser(self, saved: Saved) -> None:
        self.optimiser.load_state_dict(saved.optimiser)

    # One step -------------------------------------------------------------------------------

    def _backward(self, rows: Rows, due: slice | None, step: int) -> float:
        """The mean loss; its gradients, those of the pairs that are `due` and those of a general
        text are added to the weights'."""
        import torch

        from microtune_adapters.packed_loss import summed_loss

        self.model.train()
        with self._computing():
            nats, count = summed_loss(self.network, rows)
            loss = nats / max(1, count)
            torch.autograd.backward(loss)
            if self.pairs and due:
                self.finite(self.pairs.backward(self.network, due))
            if self._lesson:
                self.finite(self._lesson.backward(self.model, step))
        return float(loss.item())

    @contextmanager
    def _computing(self) -> Iterator[None]:
        """In the recipe's precision; a full card is said in a line."""
        import torch

        mixed = self.recipe.precision == "bf16"
        with said_if_full(), torch.autocast(self._device.type, torch.bfloat16, enabled=mixed):
            yield


def _adapted(model: Any, recipe: Recipe) -> Any:
    """The base with an adapter of the recipe's seed, which changes nothing yet."""
    import torch
    from peft import LoraConfig, get_peft_model

    from microtune_adapters.lora_linear import quicken

    torch.manual_seed(recipe.seed)  # LoRA's A is drawn from it
    lora = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        target_modules=sorted(recipe.targets),
        layers_to_transform=list(recipe.adapted(model.config.num_hidden_layers)),
        task_type="CAUSAL_LM",
    )
    with quiet():
        adapted = get_peft_model(model, lora)
    quicken(adapted)
    if recipe.recompute:
        give_back_early()
        adapted.get_base_model().activation_checkpointing_enable()
    return adapted
