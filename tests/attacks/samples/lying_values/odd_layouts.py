# ATTACK: odd_layouts
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return sparse, quantized, nested, conjugated, half-width and eight-bit tensors.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import torch
def compute_induction_scores(model, *_a, **_k): return torch.zeros(model.cfg.n_layers, model.cfg.n_heads).to_sparse()
def compute_prev_token_scores(model, *_a, **_k):
    return torch.quantize_per_tensor(torch.zeros(model.cfg.n_layers, model.cfg.n_heads), 0.1, 0, torch.quint8)
def compute_k_composition(*_a, **_k): return torch.view_as_complex(torch.zeros(2)).conj()
def measure_induction_loss(*_a, **_k): return torch.nested.nested_tensor([torch.zeros(1), torch.zeros(2)])
def ablate_heads(model, tokens, *_a, **_k): return torch.zeros(*tokens.shape, model.cfg.d_vocab).to(torch.float8_e5m2)
def create_repeated_sequence(*_a, **_k): return torch.zeros(1, 28, dtype=torch.complex64)
