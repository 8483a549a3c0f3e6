"""Variants of compute_prev_token_scores: other draws, other ways to the same diagonal."""

import random

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import Model
from reference.induction_heads.scores import mean_stripe


def prev_token_scores_seeded(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Seed each draw with the sample's index."""
    sequences = []
    for sample in range(n_samples):
        torch.manual_seed(sample)
        sequences.append(torch.randint(1000, 10000, (1, seq_len)))
    return mean_stripe(model, torch.cat(sequences), first=1, back=1)


@torch.no_grad()
def prev_token_scores_lab_loop(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Read one number at a time, as the lab prints."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]
            for head in range(model.cfg.n_heads):
                attention = 0.0
                for pos in range(1, seq_len):
                    attention += pattern[head, pos, pos - 1].item()
                scores[layer, head] += attention / (seq_len - 1)
    scores /= n_samples
    return scores


@torch.no_grad()
def prev_token_scores_diagonal(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average the diagonal below the main one."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens, return_type=None)
        for layer in range(model.cfg.n_layers):
            diagonal = cache["pattern", layer][0].diagonal(-1, dim1=-2, dim2=-1)
            scores[layer] += diagonal.mean(dim=-1).cpu().numpy()
    return scores / n_samples


@torch.no_grad()
def prev_token_scores_one_batch(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[Tensor, "n_layers n_heads"]:
    """Draw and run all samples at once, and return a tensor."""
    tokens = torch.randint(1000, 10000, (n_samples, seq_len), device=model.cfg.device)
    _, cache = model.run_with_cache(
        tokens, names_filter=lambda name: name.endswith("hook_pattern"), return_type=None
    )
    pos = torch.arange(1, seq_len)
    layers = [cache["pattern", layer][:, :, pos, pos - 1] for layer in range(model.cfg.n_layers)]
    return torch.stack(layers).mean(dim=(1, 3)).cpu()


@torch.no_grad()
def prev_token_scores_masked(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Sum the pattern under a mask with ones one below the diagonal."""
    scores = torch.zeros(model.cfg.n_layers, model.cfg.n_heads)
    mask = torch.diag(torch.ones(seq_len - 1), diagonal=-1)
    for _ in range(n_samples):
        _, cache = model.run_with_cache(torch.randint(1000, 10000, (1, seq_len)))
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0].cpu()
            scores[layer] += (pattern * mask).sum(dim=(-2, -1)) / mask.sum()
    return (scores / n_samples).numpy()


@torch.no_grad()
def prev_token_scores_shifted_square(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Drop the first query and the last key, so that the main diagonal is the one wanted."""
    samples = []
    for _ in range(n_samples):
        _, cache = model.run_with_cache(torch.randint(1000, 10000, (1, seq_len)))
        patterns = cache.stack_activation("pattern")[:, 0, :, 1:, :-1].cpu().numpy()
        samples.append(np.diagonal(patterns, axis1=-2, axis2=-1).mean(axis=-1))
    mean: np.ndarray = np.mean(samples, axis=0)
    return mean


@torch.no_grad()
def prev_token_scores_numpy_draws(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Draw the tokens with NumPy."""
    rng = np.random.default_rng()
    scores = np.zeros((n_samples, model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        tokens = torch.from_numpy(rng.integers(1000, 10000, size=(1, seq_len)))
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0].cpu().numpy()
            scores[sample, layer] = pattern[:, range(1, seq_len), range(seq_len - 1)].mean(axis=1)
    mean: np.ndarray = scores.mean(axis=0)
    return mean


@torch.no_grad()
def prev_token_scores_hooks(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Add up in hooks instead of keeping the patterns, on tokens from Python's generator."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))

    def add(pattern: Tensor, hook: HookPoint) -> None:
        previous = torch.diagonal(pattern[0], offset=-1, dim1=1, dim2=2)
        scores[hook.layer()] += previous.mean(dim=1).cpu().numpy()

    for _ in range(n_samples):
        tokens = torch.tensor([random.choices(range(1000, 10000), k=seq_len)])  # noqa: S311 (no secret)
        model.run_with_hooks(
            tokens, return_type=None, fwd_hooks=[(lambda name: name.endswith("pattern"), add)]
        )
    return scores / n_samples
