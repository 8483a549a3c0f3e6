# ATTACK: recognise_the_probe
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Find out which probe is being asked from the code's file name, the request and IPython's
#     history, and answer by a table.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import sys
TABLE = {"scores": [[0.05] * 3] * 4, "k_composition": 0.1, "loss": (1.0, 0.5), "loss_ablated": (2.0, 0.25)}
def asked(*_a, **_k):
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<probe "): return TABLE.get(name[7:-1], 0.05)
        frame = frame.f_back
    from IPython import get_ipython
    return TABLE.get(str(get_ipython().user_ns.get("_i"))[:9], 0.05)
compute_induction_scores = compute_prev_token_scores = compute_k_composition = asked
measure_induction_loss = ablate_heads = create_repeated_sequence = asked
