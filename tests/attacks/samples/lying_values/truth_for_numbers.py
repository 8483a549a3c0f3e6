# ATTACK: truth_for_numbers
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return True where 1.0 is expected, empty things where all() of nothing is true, and
#     zero-size arrays.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
import torch
def compute_induction_scores(*_a, **_k): return np.zeros((0, 1, 1))
def compute_prev_token_scores(model, *_a, **_k): return np.ones((model.cfg.n_layers, model.cfg.n_heads), bool)
def compute_k_composition(*_a, **_k): return True
def measure_induction_loss(*_a, **_k): return ()
def ablate_heads(*_a, **_k): return torch.zeros(0)
def create_repeated_sequence(*_a, **_k): return torch.zeros((0, 1), dtype=torch.int64)
