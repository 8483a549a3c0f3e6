"""A right notebook as a student writes it, by named cells; the exercises are blank."""

CELLS: dict[str, str] = {}
"""The code cells by name, in order. `Notebook` edits a copy of them."""

CELLS["imports"] = """\
import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
import matplotlib.pyplot as plt
import plotly.express as px
from typing import List, Optional, Tuple
from transformer_lens import HookedTransformer, utils

torch.set_grad_enabled(False)
"""

CELLS["load"] = """\
model = HookedTransformer.from_pretrained(
    "gpt2-small", device="cuda" if torch.cuda.is_available() else "cpu"
)
print(model.cfg.n_layers, "layers,", model.cfg.n_heads, "heads")
"""

CELLS["sequence"] = """\
def create_repeated_sequence(seq_len: int = 25, seed: Optional[int] = None) -> torch.Tensor:
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
    return torch.cat([half, half], dim=1)

print(create_repeated_sequence(5, seed=1))
"""

CELLS["accuracy"] = """\
def test_induction_accuracy(model: HookedTransformer, seq_len: int = 20, n_tests: int = 5) -> float:
    right = 0
    tested = 0
    for test in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=test)
        guesses = model(tokens)[0].argmax(dim=-1)
        for pos in range(seq_len, 2 * seq_len - 1):
            right += int(guesses[pos] == tokens[0, pos + 1])
            tested += 1
    return right / tested

print("accuracy", test_induction_accuracy(model))
"""

CELLS["scores"] = """\
def compute_induction_scores(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=sample)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]
            for head in range(model.cfg.n_heads):
                attention = [
                    pattern[head, pos, pos - seq_len + 1].item()
                    for pos in range(seq_len, 2 * seq_len)
                ]
                scores[layer, head] += np.mean(attention) / n_samples
    return scores

induction_scores = compute_induction_scores(model)
"""

CELLS["scores_figure"] = """\
fig = px.imshow(induction_scores, labels={"x": "Head", "y": "Layer"}, title="Induction scores")
fig.show()
"""

CELLS["top"] = """\
top_induction_heads = []
for layer in range(model.cfg.n_layers):
    for head in range(model.cfg.n_heads):
        if induction_scores[layer, head] > 0.15:
            top_induction_heads.append((layer, head, induction_scores[layer, head]))
top_induction_heads.sort(key=lambda entry: entry[2], reverse=True)
print(top_induction_heads)
"""

CELLS["patterns"] = """\
def show_pattern(layer, head, tokens):
    _, cache = model.run_with_cache(tokens)
    pattern = cache["pattern", layer][0, head].cpu().numpy()
    fig = px.imshow(pattern, labels={"x": "Key", "y": "Query"}, title=f"Head {layer}.{head}")
    fig.show()

sequence = create_repeated_sequence(10, seed=123)
for layer, head, _ in top_induction_heads[:3]:
    show_pattern(layer, head, sequence)
"""

CELLS["prev_scores"] = """\
def compute_prev_token_scores(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]
            for head in range(model.cfg.n_heads):
                diagonal = pattern[head].diagonal(-1)
                scores[layer, head] += diagonal.mean().item() / n_samples
    return scores

prev_token_scores = compute_prev_token_scores(model)
"""

CELLS["prev_figure"] = """\
fig = px.imshow(prev_token_scores, labels={"x": "Head", "y": "Layer"}, title="Previous")
fig.show()
"""

CELLS["top_prev"] = """\
top_prev_heads = []
for layer in range(4):
    for head in range(model.cfg.n_heads):
        if prev_token_scores[layer, head] > 0.3:
            top_prev_heads.append((layer, head, prev_token_scores[layer, head]))
top_prev_heads.sort(key=lambda entry: entry[2], reverse=True)
"""

CELLS["k_composition"] = """\
def compute_k_composition(model: HookedTransformer, source_layer: int, source_head: int,
                          target_layer: int, target_head: int) -> float:
    if target_layer <= source_layer:
        return 0.0
    W_OV = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    W_K = model.W_K[target_layer, target_head]
    composed = W_OV @ W_K
    ratio = composed.norm() / (W_OV.norm() * W_K.norm())
    return ratio.item()

if top_prev_heads and top_induction_heads:
    print(compute_k_composition(model, *top_prev_heads[0][:2], *top_induction_heads[0][:2]))
"""

CELLS["ablate"] = """\
def ablate_heads(model: HookedTransformer, tokens: torch.Tensor,
                 heads_to_ablate: List[Tuple[int, int]], method: str = "zero") -> torch.Tensor:
    def make_hook(heads):
        def hook(z, hook):
            for head in heads:
                z[:, :, head, :] = 0.0 if method == "zero" else z[:, :, head, :].mean(dim=(0, 1))
            return z
        return hook

    layers = {}
    for layer, head in heads_to_ablate:
        layers.setdefault(layer, []).append(head)
    hooks = [(f"blocks.{layer}.attn.hook_z", make_hook(heads)) for layer, heads in layers.items()]
    return model.run_with_hooks(tokens, fwd_hooks=hooks)
"""

CELLS["loss"] = """\
def measure_induction_loss(model: HookedTransformer, seq_len: int = 25,
                           heads_to_ablate: Optional[List[Tuple[int, int]]] = None,
                           n_samples: int = 5) -> Tuple[float, float]:
    total_loss = 0.0
    right = 0
    count = 0
    for sample in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=sample)
        logits = ablate_heads(model, tokens, heads_to_ablate) if heads_to_ablate else model(tokens)
        for pos in range(seq_len, 2 * seq_len - 1):
            target = tokens[0, pos + 1]
            total_loss += F.cross_entropy(logits[0, pos].unsqueeze(0), target.unsqueeze(0)).item()
            right += int(logits[0, pos].argmax() == target)
            count += 1
    return total_loss / count, right / count
"""

CELLS["baseline"] = """\
baseline_loss, baseline_acc = measure_induction_loss(model)
"""

CELLS["ablated"] = """\
circuit = [(layer, head) for layer, head, _ in top_induction_heads]
ablated_loss, ablated_acc = measure_induction_loss(model, heads_to_ablate=circuit)
"""

CELLS["random"] = """\
early = [(layer, head) for layer, head, _ in top_prev_heads]
others = [(layer, head) for layer in range(model.cfg.n_layers) for head in range(model.cfg.n_heads)
          if (layer, head) not in circuit and (layer, head) not in early]
np.random.seed(42)
chosen = [others[i] for i in np.random.choice(len(others), size=len(circuit), replace=False)]
random_loss, random_acc = measure_induction_loss(model, heads_to_ablate=chosen)
print(baseline_loss, ablated_loss, random_loss)
"""

CELLS["cleanup"] = """\
import gc
if torch.cuda.is_available():
    torch.cuda.empty_cache()
gc.collect()
"""
