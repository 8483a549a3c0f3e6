# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Induction heads
#
# *An example of a submission: a student's notebook, with what students get wrong.*

# %% [markdown]
# ## The circuit

# %% [markdown]
# ## Part 1: Setup

# %%
import random

import numpy as np
import plotly.express as px
import plotly.graph_objects as go
import torch
from plotly.subplots import make_subplots
from transformer_lens import HookedTransformer

torch.set_grad_enabled(False)
print(f"torch {torch.__version__}, a GPU is {'' if torch.cuda.is_available() else 'not '}available")

# %%
device = "cuda" if torch.cuda.is_available() else "cpu"
model = HookedTransformer.from_pretrained("gpt2-small", device=device)

n_heads_in_total = model.cfg.n_layers * model.cfg.n_heads
print(f"{model.cfg.n_layers} layers × {model.cfg.n_heads} heads = {n_heads_in_total} heads")

# %% [markdown]
# ## Part 2: A text that only induction can predict


# %%
def create_repeated_sequence(seq_len: int = 25, seed: int | None = None) -> torch.Tensor:
    """Random tokens, written twice in a row."""
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
    return half.repeat(1, 2)


# %%
repeated_tokens = create_repeated_sequence(seq_len=8, seed=0)
print("shape:      ", tuple(repeated_tokens.shape))
print("first half: ", repeated_tokens[0, :8].tolist())
print("second half:", repeated_tokens[0, 8:].tolist())


# %%
def test_induction_accuracy(model: HookedTransformer, seq_len: int = 20, n_tests: int = 5) -> float:
    """Share of correct predictions in the second half."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_tests)])
    guesses = model(tokens)[:, seq_len:-1].argmax(dim=-1)
    return (guesses == tokens[:, seq_len + 1 :]).float().mean().item()


# %%
accuracy = test_induction_accuracy(model, seq_len=20)
print(f"correct in the second half: {accuracy:.1%}, by guessing: {1 / 9000:.2%}")

# %% [markdown]
# ## Part 3: Finding induction heads


# %%
def compute_induction_scores(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Mean attention from the second half to where the token stood in the first half."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    only_patterns = lambda name: name.endswith("hook_pattern")
    _, cache = model.run_with_cache(tokens, names_filter=only_patterns, return_type=None)
    pos = torch.arange(seq_len, 2 * seq_len)
    target = pos - seq_len  # the same token in the first half
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for layer in range(model.cfg.n_layers):
        pattern = cache["pattern", layer]  # [sample, head, query, key]
        scores[layer] = pattern[:, :, pos, target].mean(dim=(0, 2)).cpu().numpy()
    return scores


# %%
induction_scores = compute_induction_scores(model, seq_len=25, n_samples=10)
print("shape:", induction_scores.shape, " highest score:", round(float(induction_scores.max()), 3))

fig = px.imshow(
    induction_scores,
    labels={"x": "Head", "y": "Layer", "color": "Induction score"},
    color_continuous_scale="Viridis",
    zmin=0,
    title="Where are the induction heads?",
)
fig.show()

# %%
ranked = []
for layer in range(model.cfg.n_layers):
    for head in range(model.cfg.n_heads):
        ranked.append((layer, head, float(induction_scores[layer, head])))
ranked.sort(key=lambda entry: entry[2], reverse=True)
top_induction_heads = [entry for entry in ranked[:10] if entry[2] > 0.15]

print(f"{len(top_induction_heads)} induction heads:")
for layer, head, score in top_induction_heads:
    print(f"  L{layer}H{head}  {score:.3f}")

# %% [markdown]
# ## Part 4: Looking at the patterns

# %%
half = 10
pattern_tokens = create_repeated_sequence(seq_len=half, seed=7)
_, cache = model.run_with_cache(pattern_tokens)

token_labels = [f"{i} {text}" for i, text in enumerate(model.to_str_tokens(pattern_tokens[0]))]

layer, head, score = top_induction_heads[0]
fig = px.imshow(
    cache["pattern", layer][0, head].cpu().numpy(),
    x=token_labels,
    y=token_labels,
    labels={"x": "Key (looked at)", "y": "Query (looking)", "color": "Attention"},
    color_continuous_scale="Blues",
    title=f"L{layer}H{head}, induction score {score:.2f}",
)
first_half = pattern_tokens[0, :half].tolist()
queries = range(half, 2 * half)
fig.add_trace(
    go.Scatter(
        x=[token_labels[first_half.index(int(pattern_tokens[0, q])) + 1] for q in queries],
        y=[token_labels[q] for q in queries],
        mode="markers",
        marker={"symbol": "square-open", "color": "red", "size": 14},
        name="target",
    )
)
fig.update_layout(width=700, height=650, showlegend=False)
fig.show()

# %%
shown_heads = top_induction_heads[:3]
fig = make_subplots(
    rows=1,
    cols=len(shown_heads),
    subplot_titles=[f"L{layer}H{head} ({score:.2f})" for layer, head, score in shown_heads],
)
for column, (layer, head, _) in enumerate(shown_heads, start=1):
    pattern = cache["pattern", layer][0, head].cpu().numpy()
    fig.add_trace(
        go.Heatmap(z=pattern, colorscale="Blues", zmin=0, zmax=1, showscale=column == 1),
        row=1,
        col=column,
    )
fig.update_yaxes(autorange="reversed")
fig.update_layout(title="The strongest induction heads side by side", width=1000, height=400)
fig.show()

# %% [markdown]
# ## Part 5: Finding previous-token heads


# %%
def compute_prev_token_scores(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Mean attention to the position before."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens, return_type=None)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]  # [head, query, key]
            scores[layer] += pattern.diagonal(-1, dim1=1, dim2=2).mean(dim=1).cpu().numpy()
    return scores / n_samples


# %%
prev_token_scores = compute_prev_token_scores(model)
print("shape:", prev_token_scores.shape, " highest:", round(float(prev_token_scores.max()), 3))

fig = px.imshow(
    prev_token_scores,
    labels={"x": "Head", "y": "Layer", "color": "Previous-token score"},
    color_continuous_scale="Cividis",
    zmin=0,
    title="Where are the previous-token heads?",
)
fig.show()

# %%
order = np.argsort(-prev_token_scores, axis=None)[:10]
top_prev_heads = []
for index in order:
    layer, head = divmod(int(index), model.cfg.n_heads)
    score = float(prev_token_scores[layer, head])
    if score > 0.3 and layer < 4:
        top_prev_heads.append((layer, head, score))

print(f"{len(top_prev_heads)} early previous-token heads:")
for layer, head, score in top_prev_heads:
    print(f"  L{layer}H{head}  {score:.3f}")

# %% [markdown]
# ## Part 6: K-composition


# %%
def compute_k_composition(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> float:
    """How much of what the source writes is read by the target's keys."""
    if source_layer >= target_layer:
        return 0.0
    ov = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    w_k = model.W_K[target_layer, target_head]
    return ((ov @ w_k).norm() / (ov.norm() * w_k.norm())).item()


# %%
for prev_layer, prev_head, _ in top_prev_heads[:3]:
    for ind_layer, ind_head, _ in top_induction_heads[:3]:
        strength = compute_k_composition(model, prev_layer, prev_head, ind_layer, ind_head)
        print(f"L{prev_layer}H{prev_head} → L{ind_layer}H{ind_head}: {strength:.3f}")

# %% [markdown]
# ## Part 7: Ablation


# %%
def ablate_heads(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",
) -> torch.Tensor:
    """Run the model with some heads silenced."""

    def cut(z, head):
        z = z.clone()
        if method == "zero":
            z[:, :, head] = 0.0
        else:
            z[:, :, head] = z[:, :, head].mean(dim=(0, 1))
        return z

    hooks = []
    for layer, head in heads_to_ablate:
        hooks.append((f"blocks.{layer}.attn.hook_z", lambda z, hook: cut(z, head)))
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


# %%
logits = ablate_heads(model, repeated_tokens, [(0, 0)])
change = (logits - model(repeated_tokens)).abs().max().item()
print("shape:", tuple(logits.shape), f" largest change in a logit without L0H0: {change:.3f}")


# %%
def measure_induction_loss(
    model: HookedTransformer,
    seq_len: int = 25,
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Mean loss and accuracy on the second half."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_samples)])
    logits = ablate_heads(model, tokens, heads_to_ablate or [])
    prediction = logits[:, seq_len:-1].flatten(0, 1)
    answer = tokens[:, seq_len + 1 :].flatten()
    loss = torch.nn.functional.cross_entropy(prediction, answer).item()
    correct = (prediction.argmax(dim=-1) == answer).float().mean().item()
    return loss, correct


# %%
baseline_loss, baseline_acc = measure_induction_loss(model)
print(f"nothing cut: loss {baseline_loss:.3f}, accuracy {baseline_acc:.1%}")

# %%
induction_head_list = [(layer, head) for layer, head, _ in top_induction_heads]
ablated_loss, ablated_acc = measure_induction_loss(model, heads_to_ablate=induction_head_list)
print(f"{len(induction_head_list)} induction heads cut: ", end="")
print(f"loss {ablated_loss:.3f} ({ablated_loss - baseline_loss:+.3f}), accuracy {ablated_acc:.1%}")

# %%
circuit_heads = {(layer, head) for layer, head, _ in top_induction_heads + top_prev_heads}
bystanders = [
    (layer, head)
    for layer in range(model.cfg.n_layers)
    for head in range(model.cfg.n_heads)
    if (layer, head) not in circuit_heads
]
random.seed(0)
random_heads = random.sample(bystanders, k=min(len(top_induction_heads), len(bystanders)))

random_loss, random_acc = measure_induction_loss(model, heads_to_ablate=random_heads)
print(f"{len(random_heads)} other heads cut: ", end="")
print(f"loss {random_loss:.3f} ({random_loss - baseline_loss:+.3f}), accuracy {random_acc:.1%}")

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: The previous-token heads, drawn


# %%
def plot_attention_pattern(
    model: HookedTransformer, tokens: torch.Tensor, layer: int, head: int
) -> go.Figure:
    """Heatmap of one head's pattern."""
    _, cache = model.run_with_cache(tokens, return_type=None)
    return px.imshow(
        cache["pattern", layer][0, head].cpu().numpy(),
        labels={"x": "key", "y": "query"},
        color_continuous_scale="Greens",
        title=f"L{layer}H{head}",
    )


# %%
for layer, head, _ in top_prev_heads[:2]:
    plot_attention_pattern(model, pattern_tokens, layer, head).show()

# %% [markdown]
# ### Exercise 2: Cut the other half of the circuit


# %%
def ablation_effects(
    model: HookedTransformer,
    head_groups: dict[str, list[tuple[int, int]]],
    seq_len: int = 25,
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Loss and accuracy without each group of heads."""
    results = {"baseline": measure_induction_loss(model, seq_len, None, n_samples)}
    for name, group in head_groups.items():
        results[name] = measure_induction_loss(model, seq_len, group, n_samples)
    return results


# %%
groups = {
    "induction heads": [(layer, head) for layer, head, _ in top_induction_heads],
    "previous-token heads": [(layer, head) for layer, head, _ in top_prev_heads],
    "random heads": random_heads,
}
effects = ablation_effects(model, groups, seq_len=25, n_samples=5)
for name, (loss, acc) in effects.items():
    print(f"{name:22} loss {loss:7.3f}   accuracy {acc:.1%}")

# %% [markdown]
# ### Exercise 3: Real words


# %%
def natural_language_induction(
    model: HookedTransformer, prompt: str, heads: list[tuple[int, int]]
) -> np.ndarray:
    """Measure each head's attention to what followed the last word's previous occurrence.

    The prompt is tokenized without a beginning-of-sequence token. Its last token is a word that
    also occurs earlier in the prompt; two tokens are the same word when their texts, stripped of
    spaces and case-folded, are equal. Where the word occurred several times before, the latest of
    those positions counts.

    Args:
        model: the model to run.
        prompt: the text.
        heads: (layer, head) pairs.

    Returns:
        Array of shape [len(heads)], in the order of `heads`: the attention weight, in [0, 1], from
        the last token to the position right after the word's previous occurrence.
    """
    raise NotImplementedError("natural_language_induction")


# %%
heads = [(layer, head) for layer, head, _ in top_induction_heads]
attention = natural_language_induction(model, "Harry Potter is a wizard. Harry", heads)
for (layer, head), weight in zip(heads, attention, strict=True):
    print(f"L{layer}H{head}  {weight:.3f}")

# %% [markdown]
# ## Challenge (optional): When do they form?


# %%
def induction_formation(
    checkpoints: list[HookedTransformer], seq_len: int = 25, n_samples: int = 4
) -> tuple[np.ndarray, int]:
    """Follow the best induction score through training.

    Args:
        checkpoints: the same model at successive moments of its training, earliest first.
        seq_len: number of tokens in one half, as in `compute_induction_scores`.
        n_samples: number of sequences, as in `compute_induction_scores`.

    Returns:
        (scores, index). The array `scores` has shape [n_checkpoints]: the highest induction score
        of any head of each checkpoint. The integer `index` is the first checkpoint whose score is
        at least half of the maximum of `scores`, or -1 when that maximum does not exceed 0.15.
    """
    raise NotImplementedError("induction_formation")


# %%
try:
    from grader.models import load_checkpoints

    steps, checkpoints = zip(*load_checkpoints("trained-2x4@0", device), strict=True)
except ImportError:  # without the package: the shortest run there is, the model you have
    steps, checkpoints = (0,), (model,)
formation_scores, formation_index = induction_formation(list(checkpoints))
print("formed at step", steps[formation_index] if formation_index >= 0 else "none")
px.line(
    x=steps,
    y=formation_scores,
    markers=True,
    labels={"x": "training step", "y": "best induction score"},
    title="When induction heads form",
).show()
