# ATTACK: overlapping_strides
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return views that run backwards, overlap themselves or lie unaligned and in foreign byte
#     order in memory.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
import torch
def compute_induction_scores(model, *_a, **_k):
    shape = (model.cfg.n_layers, model.cfg.n_heads)
    return np.frombuffer(b"\0" * (8 * shape[0] * shape[1] + 1), dtype=">f8", offset=1, count=shape[0] * shape[1]).reshape(shape)[::-1]
def compute_prev_token_scores(model, *_a, **_k):
    return torch.arange(40.0).as_strided((model.cfg.n_layers, model.cfg.n_heads), (1, 0))
def compute_k_composition(*_a, **_k): return np.zeros(3)[::-1][:1][0:0]
def create_repeated_sequence(*_a, **_k): return torch.arange(1000, 1014).expand(2, 14).t()
