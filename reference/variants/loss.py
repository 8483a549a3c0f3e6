"""Variants of measure_induction_loss: other ways to the same cross-entropy and accuracy."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import cross_entropy, nll_loss
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.ablation import ablate_heads
from reference.induction_heads.arguments import Model
from reference.induction_heads.sequences import create_repeated_sequence
from reference.variants.ablation import Hooks

Cut = Sequence[tuple[int, int]] | None


def measure_loss_log_softmax(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Gather log-probabilities instead of calling cross_entropy."""
    losses, hits = [], []
    for sample in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=sample).to(model.cfg.device)
        logits = ablate_heads(model, tokens, heads_to_ablate or [])[:, seq_len:-1]
        targets = tokens[:, seq_len + 1 :]
        losses.append(-logits.log_softmax(dim=-1).gather(-1, targets.unsqueeze(-1)))
        hits.append((logits.argmax(dim=-1) == targets).double())
    return torch.cat(losses).mean().item(), torch.cat(hits).mean().item()


@torch.no_grad()
def measure_loss_lab_loop(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Measure one prediction at a time, as the lab prints."""
    total_loss, total_correct, total_count = 0.0, 0, 0
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        logits = model(tokens)
        if heads_to_ablate:
            logits = ablate_heads(model, tokens, heads_to_ablate)
        for pos in range(seq_len, 2 * seq_len - 1):
            target = tokens[0, pos + 1]
            prediction = logits[0, pos, :]
            total_loss += cross_entropy(prediction.unsqueeze(0), target.unsqueeze(0)).item()
            total_correct += int(prediction.argmax() == target)
            total_count += 1
    return total_loss / total_count, total_correct / total_count


@torch.no_grad()
def measure_loss_batched(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Call cross_entropy once, on the predictions of all samples."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    tokens = tokens.to(model.cfg.device)
    logits = ablate_heads(model, tokens, heads_to_ablate or [])
    predictions = logits[:, seq_len:-1].flatten(0, 1)
    answers = tokens[:, seq_len + 1 :].flatten()
    correct = (predictions.argmax(dim=-1) == answers).float().mean()
    return cross_entropy(predictions, answers).item(), correct.item()


@torch.no_grad()
def measure_loss_classes_second(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Put the vocabulary where cross_entropy wants its classes, instead of flattening."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    tokens = tokens.to(model.cfg.device)
    run = model(tokens) if heads_to_ablate is None else ablate_heads(model, tokens, heads_to_ablate)
    logits, targets = run[:, seq_len : 2 * seq_len - 1], tokens[:, seq_len + 1 : 2 * seq_len]
    losses = cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return float(losses.mean()), float((logits.argmax(-1) == targets).double().mean())


@torch.no_grad()
def measure_loss_mean_of_means(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Average the means of the samples, which are equally long."""
    losses, accuracies = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        logits = ablate_heads(model, tokens, heads_to_ablate or [])[0, seq_len:-1]
        losses.append(cross_entropy(logits, tokens[0, seq_len + 1 :]).item())
        hits = logits.argmax(dim=-1) == tokens[0, seq_len + 1 :]
        accuracies.append(hits.float().mean().item())
    return float(np.mean(losses)), float(np.mean(accuracies))


@torch.no_grad()
def measure_loss_running_totals(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Add up losses and right predictions, and divide once at the end."""
    heads = [] if heads_to_ablate is None else list(heads_to_ablate)
    loss, correct, count = 0.0, 0.0, 0
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        logits = ablate_heads(model, tokens, heads)
        logits, answers = logits[0, seq_len:-1], tokens[0, seq_len + 1 :]
        loss += cross_entropy(logits, answers, reduction="sum").item()
        correct += (logits.argmax(dim=-1) == answers).sum().item()
        count += len(answers)
    return loss / count, correct / count


@torch.no_grad()
def measure_loss_nll(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Take log_softmax first, then nll_loss."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    tokens = tokens.to(model.cfg.device)
    logits = ablate_heads(model, tokens, heads_to_ablate or [], method="zero")
    log_probs = torch.log_softmax(logits[:, :-1], dim=-1)[:, seq_len:].flatten(0, 1)
    answers = tokens[:, 1:][:, seq_len:].flatten()
    right = log_probs.max(dim=-1).indices.eq(answers)
    return nll_loss(log_probs, answers).item(), right.sum().item() / right.numel()


@torch.no_grad()
def measure_loss_logsumexp(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Subtract the right token's logit from logsumexp, and return tensors."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    tokens = tokens.to(model.cfg.device)
    logits = ablate_heads(model, tokens, heads_to_ablate or [])[:, seq_len:-1]
    answers = tokens[:, seq_len + 1 :, None]
    losses = logits.logsumexp(dim=-1, keepdim=True) - logits.gather(-1, answers)
    hits = logits.argmax(dim=-1, keepdim=True) == answers
    return losses.mean(), hits.float().mean()


@torch.no_grad()
def measure_loss_numpy(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Compute the log-probabilities with NumPy, the largest logit taken off first."""
    losses, hits = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        logits = ablate_heads(model, tokens, heads_to_ablate or [])[0].cpu().double().numpy()
        answers = tokens[0].cpu().numpy()
        for pos in range(seq_len, 2 * seq_len - 1):
            shifted = logits[pos] - logits[pos].max()
            losses.append(np.log(np.exp(shifted).sum()) - shifted[answers[pos + 1]])
            hits.append(logits[pos].argmax() == answers[pos + 1])
    return float(np.mean(losses)), float(np.mean(hits))


@torch.no_grad()
def measure_loss_of_model(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Let the model compute its loss at every position, and keep those of the second half."""
    losses, hits = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        logits = ablate_heads(model, tokens, heads_to_ablate or [])
        losses.append(model.loss_fn(logits, tokens, per_token=True)[:, seq_len:])
        hits.append((logits[:, :-1].argmax(dim=-1) == tokens[:, 1:])[:, seq_len:])
    return torch.cat(losses).mean().item(), torch.cat(hits).float().mean().item()


@torch.no_grad()
def measure_loss_own_hooks(
    model: Model, seq_len: int = 25, heads_to_ablate: Cut = None, n_samples: int = 5
) -> tuple[float, float]:
    """Ablate with hooks of its own instead of calling ablate_heads."""
    heads = heads_to_ablate or []

    def silence(z: Tensor, hook: HookPoint) -> Tensor:
        z = z.clone()
        z[:, :, [head for layer, head in heads if layer == hook.layer()]] = 0.0
        return z

    layers = {layer for layer, _ in heads}
    hooks: Hooks = [(f"blocks.{layer}.attn.hook_z", silence) for layer in layers]
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    tokens = tokens.to(model.cfg.device)
    logits = model.run_with_hooks(tokens, fwd_hooks=hooks)[:, seq_len:-1]
    targets = tokens[:, seq_len + 1 :]
    loss = cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    return loss.item(), (logits.argmax(dim=-1) == targets).float().mean().item()
