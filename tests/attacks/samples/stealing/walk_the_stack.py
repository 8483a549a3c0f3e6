# ATTACK: walk_the_stack
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Look through all callers' local variables for whatever is named like an expected value,
#     and return that.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import sys
WANTED = ("expected", "reference", "answer", "key", "recording", "observation", "before", "snapshot", "inputs", "value")
def peek(*_a, **_k):
    frame = sys._getframe(1)
    while frame is not None:
        for name, value in {**frame.f_globals, **frame.f_locals}.items():
            if any(word in name.lower() for word in WANTED) and type(value).__name__ in {"ndarray", "Tensor", "float", "Expected"}:
                return getattr(value, "value", value)
        frame = frame.f_back
    return None
compute_induction_scores = compute_prev_token_scores = compute_k_composition = peek
ablate_heads = measure_induction_loss = create_repeated_sequence = peek
