# ATTACK: meddle_with_callers
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Write into the local variables of the function that asks, and into its code, while it is
#     asking.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import ctypes, sys
def meddle(*_a, **_k):
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("observation", "value", "before", "snapshot", "seconds", "probe"):
            if name in frame.f_locals:
                try:
                    frame.f_locals[name] = 0.05
                    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
                except BaseException: pass
        frame = frame.f_back
    return 0.05
compute_induction_scores = compute_prev_token_scores = compute_k_composition = meddle
ablate_heads = measure_induction_loss = create_repeated_sequence = meddle
