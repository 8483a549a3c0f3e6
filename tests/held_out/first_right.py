"""Right solutions of the lab's functions, written in unusual but legitimate ways."""
# ruff: noqa: F821  (the lab's own functions and its model are globals where this code runs)

import contextlib
import functools
import statistics

import einops
import numpy as np
import plotly.graph_objects as go
import torch
from transformer_lens import HookedTransformer, utilities


def create_repeated_sequence__numpy_tile(seq_len: int = 25, seed: int | None = None):
    """Draws with a private numpy generator and tiles the array before it becomes a tensor."""
    rng = np.random.default_rng(seed)
    half = rng.integers(1000, 10000, size=(1, seq_len), dtype=np.int64)
    return torch.from_numpy(np.tile(half, (1, 2))).to(model.cfg.device)


def create_repeated_sequence__local_generator(seq_len: int = 25, seed: int | None = None):
    """Leaves torch's global seed alone by its own generator and doubles with expand and reshape."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    half = torch.randint(9000, (seq_len,), generator=generator).add_(1000)
    return half.expand(2, seq_len).reshape(1, 2 * seq_len).to(model.cfg.device)


def test_induction_accuracy__one_batch_zero_dim_tensor(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> torch.Tensor:
    """Runs all the sequences as one batch and returns the share as a 0-d tensor."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_tests)])
    guesses = model(tokens)[:, seq_len:-1].argmax(dim=-1)
    return (guesses == tokens[:, seq_len + 1 :]).double().mean()


def test_induction_accuracy__library_metric(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Lets TransformerLens's lm_accuracy compare every position and then keeps the late ones."""
    hits = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        hits += utilities.lm_accuracy(model(tokens), tokens, per_token=True)[0, seq_len:].tolist()
    return sum(hits) / len(hits)


def test_induction_accuracy__mean_of_means(
    model: HookedTransformer, seq_len: int = 20, n_tests: int = 5
) -> float:
    """Averages the accuracies of the sequences, which all hold equally many predictions."""

    def accuracy_of(seed: int) -> float:
        tokens = create_repeated_sequence(seq_len, seed=seed)
        guesses = model(tokens)[0].argmax(dim=-1).cpu().numpy()[seq_len:-1]
        return float(np.mean(guesses == tokens[0, 1:seq_len].cpu().numpy()))

    return statistics.fmean(map(accuracy_of, range(n_tests)))


def compute_induction_scores__mask_einsum(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Weights all the patterns with a mask of the targets, in one einsum over a batch."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=i) for i in range(n_samples)])
    _, cache = model.run_with_cache(tokens, names_filter=lambda name: name.endswith("hook_pattern"))
    patterns = torch.stack([cache["pattern", layer] for layer in range(model.cfg.n_layers)])
    queries = torch.arange(seq_len, 2 * seq_len, device=patterns.device)
    targets = torch.zeros(2 * seq_len, 2 * seq_len, device=patterns.device)
    targets[queries, queries - seq_len + 1] = 1 / (seq_len * n_samples)
    return torch.einsum("lbhqk,qk->lh", patterns, targets).detach().cpu().numpy()


def compute_induction_scores__diagonal_nested_lists(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> list[list[float]]:
    """Reads the stripe as an offset diagonal and returns lists of plain floats."""
    totals = [[0.0] * model.cfg.n_heads for _ in range(model.cfg.n_layers)]
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer, row in enumerate(totals):
            stripe = cache["pattern", layer][0].diagonal(offset=1 - seq_len, dim1=-2, dim2=-1)
            for head, value in enumerate(stripe[:, 1:].mean(dim=-1).tolist()):  # 0: first half
                row[head] += value / n_samples
    return totals


def compute_induction_scores__trace_in_hooks(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Never caches anything: hooks add the trace of a square cut-out of each pattern."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))

    def add_trace(pattern: torch.Tensor, hook) -> None:
        window = pattern[0, :, seq_len:, 1 : seq_len + 1].detach().cpu().double().numpy()
        scores[hook.layer()] += np.trace(window, axis1=1, axis2=2) / seq_len

    with model.hooks(fwd_hooks=[(lambda name: name.endswith("hook_pattern"), add_trace)]):
        for sample in range(n_samples):
            model(create_repeated_sequence(seq_len, seed=sample), return_type=None)
    return scores / n_samples


def compute_prev_token_scores__einops_float32_tensor(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> torch.Tensor:
    """Stacks the samples to a batch, reduces with einops and returns a float32 tensor."""
    samples = [torch.randint(1000, 10000, (1, seq_len)) for _ in range(n_samples)]
    _, cache = model.run_with_cache(torch.cat(samples).to(model.cfg.device))
    rows = []
    for layer in range(model.cfg.n_layers):
        before = torch.diagonal(cache["pattern", layer], offset=-1, dim1=2, dim2=3)
        rows.append(einops.reduce(before, "batch head pos -> head", "mean"))
    return torch.stack(rows)


def compute_prev_token_scores__running_mean(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Draws with numpy and keeps a running mean instead of a sum that is divided at the end."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for n_seen in range(1, n_samples + 1):
        ids = np.random.randint(1000, 10000, size=(1, seq_len))
        _, cache = model.run_with_cache(torch.tensor(ids, device=model.cfg.device))
        for layer, old in enumerate(scores):
            pattern = cache["pattern", layer][0].detach().cpu().numpy()
            new = np.diagonal(pattern, offset=-1, axis1=1, axis2=2).mean(axis=-1)
            old += (new - old) / n_seen
    return scores


def compute_k_composition__gram_traces(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> float:
    """Takes all norms from traces of small Gram matrices and never builds the large OV matrix."""
    if not target_layer > source_layer:
        return 0.0
    value, out = (w[source_layer, source_head].double() for w in (model.W_V, model.W_O))
    key = model.W_K[target_layer, target_head].double()
    joint = torch.trace(value.T @ value @ (out @ key) @ (out @ key).T).clamp(min=0)
    separate = torch.trace(value.T @ value @ out @ out.T) * torch.trace(key.T @ key)
    return float(torch.sqrt(joint / separate.clamp(min=1e-20)))


def compute_k_composition__unit_factors(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> torch.Tensor:
    """Scales both factors to Frobenius norm one before it multiplies and returns a 0-d tensor."""
    if target_layer <= source_layer:
        return torch.tensor(0.0)
    ov_circuit = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    key = model.W_K[target_layer, target_head]
    unit_ov, unit_key = (m / m.norm().clamp(min=1e-10) for m in (ov_circuit, key))
    return (unit_ov @ unit_key).norm().detach()


def ablate_heads__where_per_layer(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Hangs one hook on each layer, even the untouched ones, and picks by a mask of heads."""
    cut = torch.zeros(model.cfg.n_layers, model.cfg.n_heads, 1, dtype=torch.bool)
    for layer, head in heads_to_ablate:
        cut[layer, head] = True

    def silence(z: torch.Tensor, hook) -> torch.Tensor:
        silent = z.mean(dim=(0, 1)) if method == "mean" else z.new_zeros(())
        return torch.where(cut[hook.layer()].to(z.device), silent, z)

    with model.hooks(fwd_hooks=[(lambda name: name.endswith("attn.hook_z"), silence)]):
        return model(tokens)


def ablate_heads__plain_pytorch_hooks(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Bypasses TransformerLens: PyTorch's forward hooks, bound with partial, removed at the end."""

    def replace(module, inputs, z: torch.Tensor, head: int) -> torch.Tensor:
        edited = z.clone()
        edited[:, :, head] = 0.0 if method == "zero" else z[:, :, head].flatten(0, 1).mean(dim=0)
        return edited

    handles = []
    try:
        for layer, head in heads_to_ablate:
            hook_point = model.blocks[layer].attn.hook_z
            handles.append(hook_point.register_forward_hook(functools.partial(replace, head=head)))
        return model(tokens)
    finally:
        for handle in handles:
            handle.remove()


def ablate_heads__callable_objects_exit_stack(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> torch.Tensor:
    """Makes every hook an object with a head of its own and nests one context for each."""

    class Silencer:
        def __init__(self, head: int):
            self.head = head

        def __call__(self, z: torch.Tensor, hook) -> torch.Tensor:
            mine = z[:, :, self.head : self.head + 1]
            mean = einops.reduce(mine, "batch pos head dim -> head dim", "mean")
            silent = mean.expand_as(mine) if method == "mean" else torch.zeros_like(mine)
            return torch.cat([z[:, :, : self.head], silent, z[:, :, self.head + 1 :]], dim=2)

    with contextlib.ExitStack() as stack:
        for layer, head in heads_to_ablate:
            name = utilities.get_act_name("z", layer)
            stack.enter_context(model.hooks(fwd_hooks=[(name, Silencer(head))]))
        return model(tokens)


def measure_induction_loss__gather_batch(
    model: HookedTransformer,
    seq_len: int = 25,  # noqa: ARG001
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gathers log-probabilities from one batch and returns two 0-d tensors."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=i) for i in range(n_samples)])
    logits = ablate_heads(model, tokens, heads_to_ablate or [])[:, seq_len:-1]
    answers = tokens[:, seq_len + 1 :, None]
    loss = -logits.log_softmax(dim=-1).gather(-1, answers).mean()
    return loss, logits.argmax(-1, keepdim=True).eq(answers).float().mean()


def measure_induction_loss__numpy_logsumexp(
    model: HookedTransformer,
    seq_len: int = 25,  # noqa: ARG001
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Writes out log-sum-exp in float64 numpy and collects one row per prediction."""
    rows = []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        logits = ablate_heads(model, tokens, heads_to_ablate) if heads_to_ablate else model(tokens)
        scores = logits[0].detach().cpu().numpy().astype(np.float64)
        for pos, answer in zip(range(seq_len, 2 * seq_len - 1), tokens[0, 1:seq_len].tolist()):
            top = scores[pos].max()
            surprise = top + np.log(np.exp(scores[pos] - top).sum()) - scores[pos, answer]
            rows.append((surprise, scores[pos].argmax() == answer))
    return tuple(np.mean(rows, axis=0))


def plot_attention_pattern__figure_from_dict(
    model: HookedTransformer, tokens: torch.Tensor, layer: int, head: int
) -> go.Figure:
    """Catches the pattern in a hook and builds the figure from plain dicts and nested lists."""
    heatmap = {"type": "heatmap", "colorscale": "Blues", "zmin": 0, "zmax": 1}
    name = f"blocks.{layer}.attn.hook_pattern"
    hook = (name, lambda pattern, hook: heatmap.update(z=pattern[0, head].tolist()))
    model.run_with_hooks(tokens, return_type=None, fwd_hooks=[hook])
    axes = {"xaxis": {"title": {"text": "key"}}, "yaxis": {"autorange": "reversed"}}
    return go.Figure({"data": [heatmap], "layout": {"title": {"text": name}, **axes}})


def ablation_effects__zip_and_map(
    model: HookedTransformer,
    head_groups: dict[str, list[tuple[int, int]]],
    seq_len: int = 25,  # noqa: ARG001
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Treats the baseline as one more group, an empty one, and zips names with results."""
    groups = {"baseline": []} | head_groups
    measure = functools.partial(measure_induction_loss, model, seq_len, n_samples=n_samples)
    return dict(zip(groups, map(measure, groups.values())))


def natural_language_induction__reversed_search(
    model: HookedTransformer, prompt: str, heads: list[tuple[int, int]]
) -> torch.Tensor:
    """Searches the reversed list of words, where the latest occurrence comes first."""
    tokens = model.to_tokens(prompt, prepend_bos=False)
    last, *earlier = [model.to_string(i).strip().casefold() for i in tokens[0].flip(0)]
    steps_back = earlier.index(last)  # 0 means: the position just before the last one
    _, cache = model.run_with_cache(tokens)
    return torch.tensor([cache["pattern", la][0, he, -1, -1 - steps_back] for la, he in heads])
