# ATTACK: matrix_and_records
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return matrices, record arrays, structured, void and date arrays.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
def compute_induction_scores(model, *_a, **_k): return np.matrix(np.zeros((model.cfg.n_layers, model.cfg.n_heads)))
def compute_prev_token_scores(model, *_a, **_k):
    return np.zeros((model.cfg.n_layers, model.cfg.n_heads), dtype=[("score", "f8"), ("reference", "f8")]).view(np.recarray)
def compute_k_composition(*_a, **_k): return np.datetime64("2024-01-01")
def measure_induction_loss(*_a, **_k): return np.void(b"\0" * 8), np.timedelta64(1, "s")
def ablate_heads(*_a, **_k): return np.zeros(3, dtype="V4096")
def create_repeated_sequence(*_a, **_k): return np.array([["1000"] * 28], dtype="U4")
