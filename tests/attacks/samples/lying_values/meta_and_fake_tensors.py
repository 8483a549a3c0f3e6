# ATTACK: meta_and_fake_tensors
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return tensors without values: on the meta device, fake, wrapped by a function transform.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import torch
def ablate_heads(model, tokens, heads_to_ablate, method="zero"):
    return torch.empty((*tokens.shape, model.cfg.d_vocab), device="meta")
def compute_induction_scores(model, *_a, **_k):
    from torch._subclasses.fake_tensor import FakeTensorMode
    with FakeTensorMode(): return torch.empty(model.cfg.n_layers, model.cfg.n_heads)
def compute_prev_token_scores(model, *_a, **_k):
    kept = []
    torch.func.vmap(lambda x: kept.append(x) or x)(torch.zeros(model.cfg.n_layers, model.cfg.n_heads))
    return kept[0]
def compute_k_composition(*_a, **_k): return torch.empty((), device="meta")
