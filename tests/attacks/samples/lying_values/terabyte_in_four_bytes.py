# ATTACK: terabyte_in_four_bytes
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return one number stretched to 10^12 by strides of zero, from torch and from NumPy, with
#     as many axes as there can be.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
import torch
def ablate_heads(*_a, **_k): return torch.zeros(1).expand(10**6, 10**6)
def compute_induction_scores(*_a, **_k): return np.broadcast_to(np.float64(0.05), (10**6, 10**6))
def compute_prev_token_scores(*_a, **_k): return np.lib.stride_tricks.as_strided(np.zeros(1), (2**20, 2**20), (0, 0))
def compute_k_composition(*_a, **_k): return torch.zeros([1] * 60)
def measure_induction_loss(*_a, **_k): return [torch.zeros(1).expand(10**9)] * 60
def create_repeated_sequence(*_a, **_k): return torch.zeros((0, 2**62), dtype=torch.int64)
