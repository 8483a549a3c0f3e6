# ATTACK: changes_after_return
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return an array that a thread goes on writing to, so that what is checked and what is
#     read differ.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import threading
import numpy as np
import torch
kept = []
def churn():
    while True:
        for value in (0.0, 0.05, float("nan"), 1.0):
            for one in kept: one[...] = value
threading.Thread(target=churn, daemon=True).start()
def compute_induction_scores(model, *_a, **_k):
    kept.append(np.zeros((model.cfg.n_layers, model.cfg.n_heads))); return kept[-1]
compute_prev_token_scores = compute_induction_scores
def ablate_heads(model, tokens, *_a, **_k):
    shown = torch.zeros(*tokens.shape, model.cfg.d_vocab); kept.append(shown.numpy()); return shown
