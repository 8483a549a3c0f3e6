# ATTACK: masked_arrays
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return masked arrays: every entry is masked, so that each comparison counts as true.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
def masked(shape): return np.ma.masked_all(shape)
def compute_induction_scores(model, *_a, **_k): return masked((model.cfg.n_layers, model.cfg.n_heads))
compute_prev_token_scores = compute_induction_scores
def compute_k_composition(*_a, **_k): return np.ma.masked
def measure_induction_loss(*_a, **_k): return np.ma.masked, np.ma.masked
def ablate_heads(model, tokens, *_a, **_k): return masked((*tokens.shape, model.cfg.d_vocab))
