"""Wrong solutions of the lab's functions, each with one realistic mistake."""
# ruff: noqa: F821  (the lab's own functions and its model are globals where this code runs)

import numpy as np
import plotly.graph_objects as go
import torch
from transformer_lens import HookedTransformer


def create_repeated_sequence__seed_zero_ignored(seq_len: int = 25, seed: int | None = None):
    """Tests the seed by its truth, so seed 0 draws other tokens on every call."""
    if seed:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
    return torch.cat([half, half], dim=1)


def create_repeated_sequence__no_seed_means_fixed_seed(seq_len: int = 25, seed: int | None = None):
    """Falls back to a fixed seed, so None gives the same tokens on every call."""
    rng = np.random.default_rng(42 if seed is None else seed)
    half = torch.from_numpy(rng.integers(1000, 10000, size=(1, seq_len)))
    return half.repeat(1, 2).to(model.cfg.device)


def create_repeated_sequence__bell_curve(seq_len: int = 25, seed: int | None = None):
    """Draws ids from a normal distribution cut off at both ends instead of uniformly."""
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.normal(5500.0, 1500.0, size=(1, seq_len)).clamp(1000, 9999).long()
    return torch.cat([half, half], dim=1).to(model.cfg.device)


def test_induction_accuracy__hits_reset_in_loop(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Resets the hits for every sequence but not the total, so only the last sequence counts."""
    total = 0
    for seed in range(n_tests):
        hits = 0
        tokens = create_repeated_sequence(seq_len, seed=seed)
        guesses = model(tokens)[0].argmax(dim=-1)
        for pos in range(seq_len, 2 * seq_len - 1):
            hits += int(guesses[pos] == tokens[0, pos + 1])
            total += 1
    return hits / total


def test_induction_accuracy__any_token_of_the_sequence(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Counts a guess as right when it occurs anywhere in the sequence, not only when it is next."""
    shares = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        guesses = model(tokens)[0, seq_len:-1].argmax(dim=-1)
        shares.append(torch.isin(guesses, tokens[0]).float().mean().item())
    return sum(shares) / n_tests


def compute_induction_scores__share_of_row_maxima(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Counts how often the target is the most attended key instead of averaging its attention."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    targets = torch.arange(1, seq_len + 1, device=model.cfg.device)
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            favourite = cache["pattern", layer][0, :, seq_len:].argmax(dim=-1)
            scores[layer] += (favourite == targets).float().mean(dim=-1).cpu().numpy()
    return scores / n_samples


def compute_induction_scores__target_wraps_around(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Takes the target modulo seq_len, so the last query looks at position 0, not at seq_len."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    queries = np.arange(seq_len, 2 * seq_len)
    targets = (queries + 1) % seq_len
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0].detach().cpu().numpy()
            scores[layer] += pattern[:, queries, targets].mean(axis=-1)
    return scores / n_samples


def compute_induction_scores__reshape_for_transpose(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Turns [sample, layer, head] round by reshape, which mixes heads, layers and samples."""
    queries = torch.arange(seq_len, 2 * seq_len)
    per_sample = []
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        patterns = torch.stack([cache["pattern", la][0] for la in range(model.cfg.n_layers)])
        per_sample.append(patterns[:, :, queries, queries - seq_len + 1].mean(dim=-1))
    stacked = torch.stack(per_sample)
    stacked = stacked.reshape(model.cfg.n_layers, model.cfg.n_heads, n_samples)
    return stacked.mean(dim=-1).detach().cpu().numpy()


def compute_prev_token_scores__share_without_self(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Divides by the attention that does not stay on the query itself, as if self did not count."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]
            before = pattern.diagonal(offset=-1, dim1=-2, dim2=-1)
            itself = pattern.diagonal(dim1=-2, dim2=-1)[:, 1:]
            share = before / (1 - itself).clamp(min=1e-9)
            scores[layer] += share.mean(dim=-1).detach().cpu().numpy()
    return scores / n_samples


def compute_prev_token_scores__halving_average(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Averages each sample with the result so far, which starts at zero and pulls it down."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            before = cache["pattern", layer][0].diagonal(offset=-1, dim1=-2, dim2=-1)
            scores[layer] = (scores[layer] + before.mean(dim=-1).detach().cpu().numpy()) / 2
    return scores


def compute_k_composition__spectral_denominator(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> float:
    """Divides the Frobenius norm of the product by the spectral norms of its factors."""
    if target_layer <= source_layer:
        return 0.0
    ov_circuit = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    key = model.W_K[target_layer, target_head]
    sizes = torch.linalg.norm(ov_circuit, ord=2) * torch.linalg.norm(key, ord=2)
    return (torch.linalg.norm(ov_circuit @ key) / sizes).item()


def compute_k_composition__key_of_source_index(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> float:
    """Takes the key weights in the target's layer but at the source's head index."""
    if target_layer <= source_layer:
        return 0.0
    ov_circuit = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    key = model.W_K[target_layer, source_head]
    return ((ov_circuit @ key).norm() / (ov_circuit.norm() * key.norm() + 1e-10)).item()


def ablate_heads__one_head_per_layer(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Makes a dict of the pairs, so of several heads in a layer only the last one is cut."""
    head_of_layer = dict(heads_to_ablate)

    def silence(z: torch.Tensor, hook) -> torch.Tensor:
        head = head_of_layer[hook.layer()]
        z = z.clone()
        z[:, :, head] = 0.0 if method == "zero" else z[:, :, head].mean(dim=(0, 1))
        return z

    hooks = [(f"blocks.{layer}.attn.hook_z", silence) for layer in head_of_layer]
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


def ablate_heads__backup_is_a_view(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Zeroes output weights and restores them from a view, so the heads stay cut afterwards."""

    def average(z: torch.Tensor, hook) -> torch.Tensor:
        z = z.clone()
        for layer, head in heads_to_ablate:
            if layer == hook.layer():
                z[:, :, head] = z[:, :, head].mean(dim=(0, 1))
        return z

    if method == "mean":
        hooks = [(lambda name: name.endswith("attn.hook_z"), average)]
        return model.run_with_hooks(tokens, fwd_hooks=hooks)
    backup = [model.blocks[layer].attn.W_O.data[head] for layer, head in heads_to_ablate]
    for layer, head in heads_to_ablate:
        model.blocks[layer].attn.W_O.data[head] = 0.0
    logits = model(tokens)
    for (layer, head), weights in zip(heads_to_ablate, backup, strict=True):
        model.blocks[layer].attn.W_O.data[head] = weights
    return logits


def ablate_heads__mean_over_all_heads(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Averages over the head axis too, so a cut head gets the mean of the whole layer."""
    hooks = []
    for layer, head in heads_to_ablate:

        def silence(z: torch.Tensor, hook, head: int = head) -> torch.Tensor:
            edited = z.clone()
            edited[:, :, head] = z.mean(dim=(0, 1, 2)) if method == "mean" else 0.0
            return edited

        hooks.append((f"blocks.{layer}.attn.hook_z", silence))
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


def measure_induction_loss__accuracy_of_intact_model(
    model: HookedTransformer,
    seq_len: int = 25,  # noqa: ARG001
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Takes the loss from the ablated run but the accuracy from a run with all heads intact."""
    losses, hits = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        answers = tokens[0, seq_len + 1 :]
        predictions = model(tokens)[0, seq_len:-1].argmax(dim=-1)
        logits = ablate_heads(model, tokens, heads_to_ablate or [])[0, seq_len:-1]
        losses.append(torch.nn.functional.cross_entropy(logits, answers).item())
        hits.append((predictions == answers).float().mean().item())
    return sum(losses) / n_samples, sum(hits) / n_samples


def measure_induction_loss__log_of_mean_probability(
    model: HookedTransformer,
    seq_len: int = 25,  # noqa: ARG001
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Averages the probabilities first and takes one logarithm of that mean as the loss."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=i) for i in range(n_samples)])
    logits = ablate_heads(model, tokens, heads_to_ablate or [])[:, seq_len:-1]
    answers = tokens[:, seq_len + 1 :]
    probabilities = logits.softmax(dim=-1).gather(-1, answers[..., None])
    accuracy = (logits.argmax(dim=-1) == answers).float().mean()
    return -probabilities.mean().log().item(), accuracy.item()


def plot_attention_pattern__rows_scaled_to_their_maximum(
    model: HookedTransformer, tokens: torch.Tensor, layer: int, head: int
) -> go.Figure:
    """Divides each row by its largest entry for contrast, so the cells are no longer attention."""
    _, cache = model.run_with_cache(tokens)
    pattern = cache["pattern", layer][0, head].detach().cpu().numpy()
    figure = go.Figure(go.Heatmap(z=pattern / pattern.max(axis=1, keepdims=True)))
    return figure.update_yaxes(autorange="reversed")


def ablation_effects__baseline_of_default_size(
    model: HookedTransformer,
    head_groups: dict[str, list[tuple[int, int]]],
    seq_len: int = 25,  # noqa: ARG001
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Measures the baseline with the default lengths, not with the ones asked for."""
    effects = {"baseline": measure_induction_loss(model)}
    for name, heads in head_groups.items():
        effects[name] = measure_induction_loss(model, seq_len, heads, n_samples)
    return effects


def natural_language_induction__substring_match(
    model: HookedTransformer, prompt: str, heads: list[tuple[int, int]]
) -> np.ndarray:
    """Looks for the last word inside other words, so a longer word that contains it matches."""
    tokens = model.to_tokens(prompt, prepend_bos=False)
    words = [text.strip().casefold() for text in model.to_str_tokens(prompt, prepend_bos=False)]
    earlier = max(pos for pos, word in enumerate(words[:-1]) if words[-1] in word)
    _, cache = model.run_with_cache(tokens)
    weights = [cache["pattern", layer][0, head, -1, earlier + 1] for layer, head in heads]
    return np.array([weight.item() for weight in weights])
