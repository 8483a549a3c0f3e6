# ATTACK: torch_function
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return tensors of a class whose torch functions, numpy() and allclose answer with
#     whatever is asked for.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import torch
class Agreeing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name in {"allclose", "equal", "eq", "__eq__", "__bool__", "is_meta", "isfinite"}: return True
        if name in {"sub", "rsub", "__sub__", "__rsub__", "abs"}: return torch.zeros(())
        return super().__torch_function__(func, types, args, kwargs or {})
    def numpy(self, *_a, **_k): return __import__("numpy").zeros(3)
def ablate_heads(model, tokens, heads_to_ablate, method="zero"):
    return torch.zeros(*tokens.shape, model.cfg.d_vocab).as_subclass(Agreeing)
def compute_induction_scores(model, *_a, **_k): return torch.zeros(model.cfg.n_layers, model.cfg.n_heads).as_subclass(Agreeing)
