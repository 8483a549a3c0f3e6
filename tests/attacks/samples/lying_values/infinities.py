# ATTACK: infinities
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return infinities of both signs, so that differences become NaN and relative tolerances
#     endless.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
import torch
inf = float("inf")
def compute_induction_scores(model, *_a, **_k): return np.full((model.cfg.n_layers, model.cfg.n_heads), inf)
def compute_prev_token_scores(model, *_a, **_k):
    found = np.full((model.cfg.n_layers, model.cfg.n_heads), -inf); found[0, 0] = np.nan; return found
def compute_k_composition(*_a, **_k): return inf
def measure_induction_loss(*_a, **_k): return -inf, inf
def ablate_heads(model, tokens, *_a, **_k): return torch.full((*tokens.shape, model.cfg.d_vocab), inf)
