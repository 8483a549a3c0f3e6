"""Wrong solutions of the lab's functions, each with one realistic mistake (second set)."""
# ruff: noqa: F821  (the lab's own functions and its model are globals where this code runs)

import numpy as np
import plotly.express as px
import plotly.graph_objects as go
import torch
import torch.nn.functional as F
from transformer_lens import HookedTransformer


def create_repeated_sequence__each_token_doubled(seq_len: int = 25, seed: int | None = None):
    """Repeats every token on the spot (a a b b c c) instead of the sequence as a whole."""
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
    return half.repeat_interleave(2, dim=1)


def create_repeated_sequence__seeds_numpy_draws_torch(seq_len: int = 25, seed: int | None = None):
    """Seeds numpy's generator but draws with torch's, so a seed does not fix the tokens."""
    if seed is not None:
        np.random.seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
    return torch.cat([half, half], dim=1)


def create_repeated_sequence__start_token_at_front(seq_len: int = 25, seed: int | None = None):
    """Overwrites position 0 with token 0 as a start marker, so the halves differ there."""
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
    tokens = torch.cat([half, half], dim=1)
    tokens[:, 0] = 0
    return tokens


def test_induction_accuracy__greedy_rollout(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Lets the model read its own guesses instead of the true tokens, so mistakes carry over."""
    hits = 0
    for seed in range(n_tests):
        truth = create_repeated_sequence(seq_len, seed=seed)
        tokens = truth[:, : seq_len + 1]
        while tokens.shape[1] < truth.shape[1]:
            guess = model(tokens)[:, -1:].argmax(dim=-1)
            tokens = torch.cat([tokens, guess], dim=1)
        hits += (tokens == truth)[0, seq_len + 1 :].sum().item()
    return hits / (n_tests * (seq_len - 1))


def test_induction_accuracy__multiple_choice(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Lets the model choose among the tokens of the sequence only, not in the whole vocabulary."""
    shares = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        choices = tokens[0].unique()
        guesses = choices[model(tokens)[0, seq_len:-1, choices].argmax(dim=-1)]
        shares.append((guesses == tokens[0, seq_len + 1 :]).float().mean().item())
    return float(np.mean(shares))


def compute_induction_scores__window_of_three(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Tolerates being off by one: it adds the attention to both neighbours of the target."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0].detach().cpu().numpy()
            for pos in range(seq_len, 2 * seq_len):
                target = pos - seq_len + 1
                scores[layer] += pattern[:, pos, target - 1 : target + 2].sum(axis=-1)
    return scores / (seq_len * n_samples)


def compute_induction_scores__times_value_length(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Multiplies attention by the length of the value moved, so it is no attention weight."""
    scores = torch.zeros(model.cfg.n_layers, model.cfg.n_heads)
    queries = torch.arange(seq_len, 2 * seq_len)
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            lengths = cache["v", layer][0].norm(dim=-1).T  # [head, key]
            moved = cache["pattern", layer][0] * lengths[:, None, :]
            scores[layer] += moved[:, queries, queries - seq_len + 1].mean(dim=-1).detach().cpu()
    return (scores / n_samples).numpy()


def compute_induction_scores__scaled_to_the_best(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Divides by the highest score at the end, so the best head always scores 1."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            stripe = cache["pattern", layer][0].diagonal(offset=1 - seq_len, dim1=-2, dim2=-1)
            scores[layer] += stripe[:, 1:].mean(dim=-1).detach().cpu().numpy()
    scores /= n_samples
    return scores / scores.max()


def compute_prev_token_scores__block_instead_of_diagonal(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Indexes queries and keys one after the other, which averages over all pairs of them."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    queries = torch.arange(1, seq_len)
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            before = cache["pattern", layer][0][:, queries][:, :, queries - 1]
            scores[layer] += before.mean(dim=(1, 2)).detach().cpu().numpy()
    return scores / n_samples


def compute_prev_token_scores__whole_number_array(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Adds fractions to an array of integers, which cuts off everything behind the point."""
    scores = np.full((model.cfg.n_layers, model.cfg.n_heads), 0)
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            for head in range(model.cfg.n_heads):
                before = cache["pattern", layer][0, head].diagonal(offset=-1)
                scores[layer, head] += before.mean().item()
    return scores / n_samples


def compute_k_composition__chance_subtracted(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> float:
    """Takes the value expected of random weights off the ratio and returns only the excess."""
    if target_layer <= source_layer:
        return 0.0
    ov = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    key = model.W_K[target_layer, target_head]
    ratio = ((ov @ key).norm() / (ov.norm() * key.norm())).item()
    return max(0.0, ratio - model.cfg.d_model**-0.5)


def compute_k_composition__three_separate_norms(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> float:
    """Divides by the norms of W_V and W_O one by one and not by the norm of their product."""
    if target_layer <= source_layer:
        return 0.0
    value, out = model.W_V[source_layer, source_head], model.W_O[source_layer, source_head]
    key = model.W_K[target_layer, target_head]
    sizes = value.norm() * out.norm() * key.norm()
    return ((value @ out @ key).norm() / (sizes + 1e-10)).item()


def ablate_heads__at_the_values(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Cuts at hook_v, so its mean is that of the values at all positions and not that of z."""

    def silence(head: int):
        def hook_fn(v: torch.Tensor, hook) -> torch.Tensor:
            v = v.clone()
            v[:, :, head] = 0.0 if method == "zero" else v[:, :, head].mean(dim=(0, 1))
            return v

        return hook_fn

    hooks = [(f"blocks.{layer}.attn.hook_v", silence(head)) for layer, head in heads_to_ablate]
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


def ablate_heads__position_for_head(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Counts the axes wrongly and silences all heads at the position with the head's number."""

    def silence(z: torch.Tensor, hook) -> torch.Tensor:
        edited = z.clone()
        for layer, head in heads_to_ablate:
            if layer == hook.layer():
                edited[:, head] = z[:, head].mean(dim=(0, 1)) if method == "mean" else 0.0
        return edited

    layers = {layer for layer, _ in heads_to_ablate}
    hooks = [(f"blocks.{layer}.attn.hook_z", silence) for layer in layers]
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


def ablate_heads__first_text_only(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Keeps the habit of writing [0] for the batch, so only the first text loses its heads."""
    hooks = []
    for layer, head in heads_to_ablate:

        def silence(z: torch.Tensor, hook, head: int = head) -> torch.Tensor:
            z = z.clone()
            z[0, :, head] = z[:, :, head].mean(dim=(0, 1)) if method == "mean" else 0.0
            return z

        hooks.append((f"blocks.{layer}.attn.hook_z", silence))
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


def measure_induction_loss__softmax_twice(
    model: HookedTransformer,
    seq_len: int = 25,  # noqa: ARG001
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Hands probabilities to cross_entropy, which expects logits and takes the softmax again."""
    losses, hits = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        probs = ablate_heads(model, tokens, heads_to_ablate or []).softmax(dim=-1)[0, seq_len:-1]
        answers = tokens[0, seq_len + 1 :]
        losses.append(F.cross_entropy(probs, answers).item())
        hits.append((probs.argmax(dim=-1) == answers).float().mean().item())
    return sum(losses) / n_samples, sum(hits) / n_samples


def measure_induction_loss__one_head_at_a_time(
    model: HookedTransformer,
    seq_len: int = 25,  # noqa: ARG001
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Cuts the listed heads one by one and averages the results instead of cutting them all."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=i) for i in range(n_samples)])
    answers = tokens[:, seq_len + 1 :].flatten()
    results = []
    for cut in [[pair] for pair in heads_to_ablate or []] or [[]]:
        logits = ablate_heads(model, tokens, cut)[:, seq_len:-1].flatten(0, 1)
        accuracy = (logits.argmax(dim=-1) == answers).float().mean().item()
        results.append((F.cross_entropy(logits, answers).item(), accuracy))
    loss, accuracy = np.mean(results, axis=0)
    return float(loss), float(accuracy)


def plot_attention_pattern__rows_flipped(
    model: HookedTransformer, tokens: torch.Tensor, layer: int, head: int
) -> go.Figure:
    """Turns the matrix upside down before it is drawn, so row i is no longer query i."""
    _, cache = model.run_with_cache(tokens)
    pattern = cache["pattern", layer][0, head].flip(0).detach().cpu().numpy()
    return px.imshow(pattern, origin="lower", labels={"x": "Key", "y": "Query"})


def ablation_effects__groups_pile_up(
    model: HookedTransformer,
    head_groups: dict[str, list[tuple[int, int]]],
    seq_len: int = 25,  # noqa: ARG001
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Extends one list of heads in the loop, so each group is cut together with those before."""
    effects, cut = {"baseline": measure_induction_loss(model, seq_len, [], n_samples)}, []
    for name, heads in head_groups.items():
        cut.extend(heads)
        effects[name] = measure_induction_loss(model, seq_len, cut, n_samples)
    return effects


def natural_language_induction__attention_sink_removed(
    model: HookedTransformer, prompt: str, heads: list[tuple[int, int]]
) -> np.ndarray:
    """Leaves out position 0 as an attention sink and divides by the attention that remains."""
    words = [t.strip().casefold() for t in model.to_str_tokens(prompt, prepend_bos=False)]
    follower = len(words) - 1 - words[-2::-1].index(words[-1])
    _, cache = model.run_with_cache(model.to_tokens(prompt, prepend_bos=False))
    rows = [cache["pattern", layer][0, head, -1].detach() for layer, head in heads]
    return np.array([(row[follower] / row[1:].sum()).item() for row in rows])
