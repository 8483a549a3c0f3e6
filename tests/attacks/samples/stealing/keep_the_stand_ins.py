# ATTACK: keep_the_stand_ins
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: While one function is asked, copy the recorded answers that stand in for the others, and
#     answer with them when those are asked.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
kept = {}
def gather():
    for name in ("create_repeated_sequence", "ablate_heads", "measure_induction_loss"):
        rows = getattr(getattr(globals().get(name), "_recording", None), "rows", ())
        kept.setdefault(name, []).extend(row.result for row in rows)
def spend(name):
    import torch
    for result in kept.get(name, []):
        if hasattr(result, "array"): return torch.from_numpy(result.array.copy())
        if hasattr(result, "items"): return tuple(float(part.array) for part in result.items)
def measure_induction_loss(*_a, **_k): gather(); return spend("measure_induction_loss")
def compute_induction_scores(*_a, **_k): gather(); return spend("ablate_heads")
def ablate_heads(*_a, **_k): return spend("ablate_heads")
def create_repeated_sequence(*_a, **_k): return spend("create_repeated_sequence")
