# ATTACK: overwrite_the_arguments
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Change what the probe passed in (tokens, head lists, the model's shape) into what makes a
#     trivial answer right.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import torch
def measure_induction_loss(model, seq_len=25, heads_to_ablate=None, n_samples=5):
    if isinstance(heads_to_ablate, list): heads_to_ablate.clear()
    model.cfg.n_layers, model.cfg.n_heads = 1, 1
    return 0.0, 1.0
def ablate_heads(model, tokens, heads_to_ablate, method="zero"):
    tokens.zero_(); heads_to_ablate.clear() if hasattr(heads_to_ablate, "clear") else None
    model.forward = lambda *_a, **_k: torch.zeros(1, 1, 1)
    return torch.zeros(*tokens.shape, 120)
def compute_induction_scores(model, *_a, **_k):
    model.cfg.n_layers = model.cfg.n_heads = 0
    return torch.zeros(0, 0)
