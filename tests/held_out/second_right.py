"""Right solutions of the lab's functions, written in unusual but legitimate ways (second set)."""
# ruff: noqa: F821  (the lab's own functions and its model are globals where this code runs)

import copy
import random
from collections import defaultdict
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import torch
import torch.nn.functional as F
from transformer_lens import HookedTransformer


def create_repeated_sequence__python_random_list(seq_len: int = 25, seed: int | None = None):
    """Draws with Python's own random module and doubles a plain list with the star operator."""
    half = random.Random(seed).choices(range(1000, 10000), k=seq_len)  # noqa: S311 (no secret)
    return torch.tensor([half * 2], dtype=torch.int64, device=model.cfg.device)


def create_repeated_sequence__forked_rng_modulo(seq_len: int = 25, seed: int | None = None):
    """Seeds torch inside fork_rng and reads the half through positions taken modulo seq_len."""
    with torch.random.fork_rng():
        torch.seed() if seed is None else torch.manual_seed(seed)
        half = torch.randint(1000, 10000, (seq_len,))
    positions = torch.arange(2 * seq_len) % seq_len
    return half[positions].unsqueeze(0).to(model.cfg.device)


def test_induction_accuracy__dataclass_tally(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Keeps the score in a small dataclass and folds the sequences with reduce, last seed first."""

    @dataclass(frozen=True)
    class Tally:
        hits: int = 0
        total: int = 0

        def extended(self, seed: int) -> "Tally":
            tokens = create_repeated_sequence(seq_len, seed=seed)
            guesses = model(tokens).argmax(dim=-1).squeeze(0).tolist()
            pairs = list(zip(guesses, tokens.squeeze(0).tolist()[1:], strict=False))[seq_len:]
            return Tally(self.hits + sum(a == b for a, b in pairs), self.total + len(pairs))

    tally = reduce(Tally.extended, reversed(range(n_tests)), Tally())
    return tally.hits / tally.total


def test_induction_accuracy__first_half_as_answers(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Takes the answers from the first half and sorts the logits instead of using argmax."""
    verdicts = np.zeros((n_tests, seq_len - 1), dtype=bool)
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        ranking = model(tokens)[0, -seq_len:-1].sort(dim=-1, descending=True).indices
        verdicts[seed] = (ranking[:, 0] == tokens[0, 1:seq_len]).cpu().numpy()
    return np.count_nonzero(verdicts) / verdicts.size


def compute_induction_scores__stack_and_gather(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> torch.Tensor:
    """Stacks the layers with stack_activation and gathers one key for each query, in one batch."""
    batch = torch.cat([create_repeated_sequence(seq_len, seed=i) for i in range(n_samples)])
    _, cache = model.run_with_cache(batch)
    rows = cache.stack_activation("pattern")[..., seq_len:, :]  # [layer, batch, head, query, key]
    keys = torch.arange(1, seq_len + 1, device=rows.device)[:, None]
    chosen = rows.gather(-1, keys.expand(*rows.shape[:-1], 1)).squeeze(-1)
    return chosen.mean(dim=(1, 3)).detach().cpu()


def compute_induction_scores__pattern_sum_first(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Adds up whole patterns over the samples and reads the stripe only once, at the end."""
    total = np.zeros((model.cfg.n_layers, model.cfg.n_heads, 2 * seq_len, 2 * seq_len))
    for seed in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=seed))
        for layer in range(model.cfg.n_layers):
            total[layer] += cache["pattern", layer][0].detach().cpu().numpy()
    stripe = [total[:, :, seq_len + i, i + 1] for i in range(seq_len)]
    return sum(stripe) / (seq_len * n_samples)


def compute_induction_scores__softmax_by_hand(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Catches the masked attention scores and applies the softmax to the rows it needs itself."""
    found = defaultdict(list)

    def collect(attn_scores: torch.Tensor, hook) -> None:
        weights = attn_scores[0, :, seq_len:].softmax(dim=-1)  # [head, query, key]
        on_target = [weights[:, i, i + 1] for i in range(seq_len)]
        found[hook.layer()].append(torch.stack(on_target).mean(dim=0))

    names = [f"blocks.{layer}.attn.hook_attn_scores" for layer in range(model.cfg.n_layers)]
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        model.run_with_hooks(tokens, fwd_hooks=[(name, collect) for name in names])
    means = [torch.stack(found[layer]).mean(dim=0).detach().cpu() for layer in sorted(found)]
    return torch.stack(means).numpy()


def compute_prev_token_scores__strided_flat_pattern(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Flattens each pattern and strides through it, with tokens drawn by Tensor.random_."""
    samples = []
    for _ in range(n_samples):
        tokens = torch.empty(1, seq_len, dtype=torch.int64).random_(1000, 10000)
        _, cache = model.run_with_cache(tokens.to(model.cfg.device))
        patterns = [cache["pattern", layer][0] for layer in range(model.cfg.n_layers)]
        flat = torch.stack(patterns).flatten(start_dim=-2)  # entry (i, j) is at i * seq_len + j
        samples.append(flat[..., seq_len :: seq_len + 1].mean(dim=-1))
    return torch.stack(samples).mean(dim=0).detach().cpu().numpy()


def compute_prev_token_scores__pandas_table(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Writes every single weight into a table and lets pandas group, average and unstack it."""
    parts = []
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            for head, pattern in enumerate(cache["pattern", layer][0].detach().cpu().numpy()):
                weights = np.diag(pattern[1:, :-1])
                parts.append(pd.DataFrame({"layer": layer, "head": head, "weight": weights}))
    table = pd.concat(parts).astype({"weight": float})
    return table.groupby(["layer", "head"])["weight"].mean().unstack("head").to_numpy()


def compute_k_composition__lab_printed_order(
    model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Follows the order that the lab prints, W_K.T @ (W_V @ W_O), in numpy."""
    if source_layer >= target_layer:
        return 0.0
    ov = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    ov, w_k = (w.detach().cpu().numpy() for w in (ov, model.W_K[target_layer, target_head]))
    return float(np.linalg.norm(w_k.T @ ov) / (np.linalg.norm(w_k) * np.linalg.norm(ov)))


def compute_k_composition__factored_matrix(
    model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Uses the model's own factored OV circuit, whose norms come from its singular values."""
    later = target_layer > source_layer
    ov, key = model.OV[source_layer, source_head], model.W_K[target_layer, target_head]
    return ((ov @ key).norm() / (ov.norm() * key.norm())).item() if later else 0.0


def compute_k_composition__one_basis_row_at_a_time(
    model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Sends each basis vector through both heads in turn and adds up squared lengths."""
    if target_layer <= source_layer:
        return 0.0
    written_square = read_square = 0.0
    key = model.W_K[target_layer, target_head].double()
    for row in torch.eye(model.cfg.d_model, device=key.device, dtype=key.dtype):
        written = row @ model.W_V[source_layer, source_head].double()
        written = written @ model.W_O[source_layer, source_head].double()
        written_square += (written**2).sum().item()
        read_square += ((written @ key) ** 2).sum().item()
    return (read_square / (written_square * (key**2).sum().item())) ** 0.5


def ablate_heads__lab_printed_mean(
    model, tokens: torch.Tensor, heads_to_ablate: list[tuple[int, int]], method: str = "zero"
) -> torch.Tensor:
    """Uses the mean that the lab prints, one scalar per head, with one index_fill per head."""
    heads_of = defaultdict(set)
    for layer, head in heads_to_ablate:
        heads_of[layer].add(head)

    def fill(z: torch.Tensor, hook) -> torch.Tensor:
        result = z
        for head in heads_of[hook.layer()]:
            value = z[:, :, head].mean().item() if method == "mean" else 0.0
            result = result.index_fill(2, torch.tensor([head], device=z.device), value)
        return result

    hooks = [(f"blocks.{layer}.attn.hook_z", fill) for layer in heads_of]
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


def ablate_heads__twin_model(
    model, tokens: torch.Tensor, heads_to_ablate: list[tuple[int, int]], method: str = "zero"
) -> torch.Tensor:
    """Hangs its hooks on a deep copy of the model, so there is nothing to clean up afterwards."""
    twin = copy.deepcopy(model)
    for layer, head in heads_to_ablate:

        def silence(z: torch.Tensor, hook, head: int = head) -> torch.Tensor:
            silent = z[:, :, head].mean(dim=(0, 1)) if method == "mean" else 0.0
            z = z.clone()
            z[:, :, head] = silent
            return z

        twin.blocks[layer].attn.hook_z.add_hook(silence)
    return twin(tokens)


def ablate_heads__after_the_output_weights(
    model, tokens: torch.Tensor, heads_to_ablate: list[tuple[int, int]], method: str = "zero"
) -> torch.Tensor:
    """Cuts at hook_result, one linear map later, and gives the setting back as it found it."""

    def replace(result: torch.Tensor, hook, head: int) -> torch.Tensor:
        columns = list(result.unbind(dim=2))
        mean = columns[head].mean(dim=(0, 1), keepdim=True)
        columns[head] = (mean if method == "mean" else 0 * mean).expand_as(columns[head])
        return torch.stack(columns, dim=2)

    name = "blocks.{}.attn.hook_result"
    hooks = [(name.format(layer), partial(replace, head=i)) for layer, i in heads_to_ablate]
    setting = model.cfg.use_attn_result
    model.set_use_attn_result(True)
    try:
        return model.run_with_hooks(tokens, fwd_hooks=hooks)
    finally:
        model.set_use_attn_result(setting)


def measure_induction_loss__library_loss_per_token(
    model, seq_len: int = 25, heads_to_ablate: list | None = None, n_samples: int = 5
) -> tuple[float, float]:
    """Gets logits and losses of all tokens in one call and cuts the heads by its own hooks."""
    keep = torch.ones(model.cfg.n_layers, model.cfg.n_heads, 1, device=model.cfg.device)
    for layer, head in heads_to_ablate or ():
        keep[layer, head] = 0
    everywhere = [(lambda name: name.endswith("hook_z"), lambda z, hook: z * keep[hook.layer()])]
    losses, hits = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        logits, per_token = model.run_with_hooks(
            tokens, return_type="both", loss_per_token=True, fwd_hooks=everywhere
        )
        losses.extend(per_token[0, seq_len:].tolist())
        hits.extend(logits[0, seq_len:-1].argmax(dim=-1).eq(tokens[0, seq_len + 1 :]).tolist())
    return sum(losses) / len(losses), sum(hits) / len(hits)


def measure_induction_loss__ignored_labels(
    model, seq_len: int = 25, heads_to_ablate: list | None = None, n_samples: int = 5
) -> tuple[float, float]:
    """Labels the positions that do not count with -100, as in fine-tuning, and scores all."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=i) for i in range(n_samples)])
    labels = torch.full_like(tokens, -100)
    labels[:, seq_len:-1] = tokens[:, seq_len + 1 :]
    logits = ablate_heads(model, tokens, heads_to_ablate) if heads_to_ablate else model(tokens)
    loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
    n_right = (logits.argmax(dim=-1) == labels).sum()
    return loss.item(), (n_right / (labels != -100).sum()).item()


def plot_attention_pattern__labelled_data_frame(
    model: HookedTransformer, tokens: torch.Tensor, layer: int, head: int
) -> go.Figure:
    """Labels a pandas table with positions and token ids and hands it to plotly express."""
    _, cache = model.run_with_cache(tokens)
    names = [f"{pos}: {token}" for pos, token in enumerate(tokens[0].tolist())]
    table = pd.DataFrame(cache["pattern", layer][0, head].tolist(), index=names, columns=names)
    return px.imshow(table, labels={"x": "key", "y": "query"}, title=f"layer {layer}, head {head}")


def ablation_effects__memo_baseline_last(
    model, head_groups: dict[str, list], seq_len: int = 25, n_samples: int = 5
) -> dict[str, tuple[float, float]]:
    """Measures equal sets of heads only once and puts the baseline last."""
    memo = {}

    def effect(heads) -> tuple[float, float]:
        key = frozenset(tuple(pair) for pair in heads)
        if key not in memo:
            memo[key] = measure_induction_loss(model, seq_len, sorted(key), n_samples)
        return memo[key]

    return {name: effect(heads) for name, heads in [*head_groups.items(), ("baseline", [])]}


def natural_language_induction__last_one_wins(
    model: HookedTransformer, prompt: str, heads: list[tuple[int, int]]
) -> list[float]:
    """Fills a dict word by word, in which a later position overwrites an earlier one."""
    texts = model.to_str_tokens(prompt, prepend_bos=False)
    *earlier, last = (text.strip().casefold() for text in texts)
    latest = {word: pos for pos, word in enumerate(earlier)}
    _, cache = model.run_with_cache(model.to_tokens(prompt, prepend_bos=False))
    rows = [cache[f"blocks.{layer}.attn.hook_pattern"][0, head, -1] for layer, head in heads]
    return [row[latest[last] + 1].item() for row in rows]
