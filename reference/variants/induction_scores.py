"""Variants of compute_induction_scores: other ways along the same stripe, or one position off."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import Model
from reference.induction_heads.scores import mean_stripe
from reference.induction_heads.sequences import create_repeated_sequence


def induction_scores_diagonal(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average the whole diagonal(offset=1-seq_len): position seq_len-1, no repeat yet, counts."""
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    return mean_stripe(model, torch.cat(sequences), first=seq_len - 1, back=seq_len - 1)


def induction_scores_without_last_position(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Leave out the last position, whose target opens the second half."""
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    tokens = torch.cat(sequences)[:, :-1]
    return mean_stripe(model, tokens, first=seq_len, back=seq_len - 1)


@torch.no_grad()
def induction_scores_lab_loop(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Read one number at a time, as the lab prints."""
    n_layers, n_heads = model.cfg.n_layers, model.cfg.n_heads
    scores = np.zeros((n_layers, n_heads))
    for sample in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=sample)
        _, cache = model.run_with_cache(tokens)
        for layer in range(n_layers):
            pattern = cache["pattern", layer][0]
            for head in range(n_heads):
                attention = 0.0
                for pos in range(seq_len, 2 * seq_len):
                    attention += pattern[head, pos, pos - seq_len + 1].item()
                scores[layer, head] += attention / seq_len
    scores /= n_samples
    return scores


@torch.no_grad()
def induction_scores_exact_diagonal(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Take diagonal(offset=1-seq_len) without its first entry, which is not in the second half."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            stripe = cache["pattern", layer][0].diagonal(dim1=-2, dim2=-1, offset=1 - seq_len)
            scores[layer] += stripe[:, 1:].mean(dim=-1).cpu().numpy()
    return scores / n_samples


@torch.no_grad()
def induction_scores_einsum(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Contract the pattern with a mask that holds a one at each target."""
    mask = torch.zeros(2 * seq_len, 2 * seq_len, device=model.cfg.device)
    for pos in range(seq_len, 2 * seq_len):
        mask[pos, pos - seq_len + 1] = 1
    scores = torch.zeros(model.cfg.n_layers, model.cfg.n_heads)
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            hits = torch.einsum("bhqk,qk->h", cache["pattern", layer], mask)
            scores[layer] += (hits / mask.sum()).cpu()
    return (scores / n_samples).numpy()


@torch.no_grad()
def induction_scores_gather(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Gather each query's target from its row."""
    targets = torch.arange(1, seq_len + 1, device=model.cfg.device)
    targets = targets.view(1, seq_len, 1).expand(model.cfg.n_heads, -1, -1)
    scores = np.zeros((n_samples, model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            rows = cache["pattern", layer][0, :, seq_len:]
            scores[sample, layer] = rows.gather(-1, targets).squeeze(-1).mean(-1).cpu().numpy()
    mean: np.ndarray = scores.mean(axis=0)
    return mean


@torch.no_grad()
def induction_scores_batched(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Run all samples at once and index queries and keys by two lists of positions."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    _, cache = model.run_with_cache(tokens, return_type=None)
    pos = torch.arange(seq_len, 2 * seq_len)
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for layer in range(model.cfg.n_layers):
        attention = cache["pattern", layer][:, :, pos, pos - seq_len + 1]
        scores[layer] = attention.mean(dim=(0, 2)).cpu().numpy()
    return scores


@torch.no_grad()
def induction_scores_names_filter(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Cache the patterns alone and stack them over layers."""
    total = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(
            create_repeated_sequence(seq_len, seed=sample),
            names_filter=lambda name: name.endswith("attn.hook_pattern"),
            remove_batch_dim=True,
        )
        patterns = cache.stack_activation("pattern")[:, :, seq_len:, 1 : seq_len + 1]
        total += patterns.diagonal(dim1=-2, dim2=-1).mean(dim=-1).cpu().numpy()
    return total / n_samples


@torch.no_grad()
def induction_scores_hooks(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score in hooks instead of keeping the patterns."""
    scores = torch.zeros(model.cfg.n_layers, model.cfg.n_heads, device=model.cfg.device)
    queries = list(range(seq_len, 2 * seq_len))
    keys = [query - (seq_len - 1) for query in queries]

    def score(pattern: Tensor, hook: HookPoint) -> Tensor:
        scores[hook.layer()] += pattern[:, :, queries, keys].mean(dim=(0, 2)) / n_samples
        return pattern

    for sample in range(n_samples):
        model.run_with_hooks(
            create_repeated_sequence(seq_len, seed=sample),
            fwd_hooks=[
                (f"blocks.{layer}.attn.hook_pattern", score) for layer in range(model.cfg.n_layers)
            ],
        )
    return scores.cpu().numpy()


@torch.no_grad()
def induction_scores_tensor(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[Tensor, "n_layers n_heads"]:
    """Compute in float64 and return a tensor."""
    scores = torch.zeros(model.cfg.n_layers, model.cfg.n_heads, dtype=torch.float64)
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0].double().cpu()
            for pos in range(seq_len, 2 * seq_len):
                scores[layer] += pattern[:, pos, pos - seq_len + 1]
    return scores / (n_samples * seq_len)


@torch.no_grad()
def induction_scores_nested_list(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> list[list[float]]:
    """Return Python lists, a row a layer."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    _, cache = model.run_with_cache(tokens)
    table = []
    for layer in range(model.cfg.n_layers):
        row = []
        for head in range(model.cfg.n_heads):
            pattern = cache["pattern", layer][:, head]
            stripe = [pattern[:, pos, pos + 1 - seq_len] for pos in range(seq_len, 2 * seq_len)]
            row.append(torch.stack(stripe).mean().item())
        table.append(row)
    return table


@torch.no_grad()
def induction_scores_numpy(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average the scores of the samples, each read from an array."""
    samples = []
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        layers = range(model.cfg.n_layers)
        patterns = np.stack([cache["pattern", layer][0].cpu().numpy() for layer in layers])
        pos = np.arange(seq_len, 2 * seq_len)
        samples.append(patterns[:, :, pos, pos - seq_len + 1].mean(axis=-1))
    mean: np.ndarray = np.mean(samples, axis=0)
    return mean


@torch.no_grad()
def induction_scores_running_mean(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Update the mean sample by sample, from products with one-hot targets."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=sample)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            second_half = cache["pattern", layer][0, :, seq_len:, :].cpu()
            target = torch.nn.functional.one_hot(torch.arange(seq_len) + 1, 2 * seq_len)
            found = (second_half * target).sum(dim=-1).mean(dim=-1).numpy()
            scores[layer] += (found - scores[layer]) / (sample + 1)
    return scores
