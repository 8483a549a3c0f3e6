# ATTACK: tangled_causes
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Raise exceptions whose causes, contexts and tracebacks go round in circles or are
#     endless.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
def round_and_round(*_a, **_k):
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__, one.__context__ = two, one, two
    raise one
def deep(*_a, n=900, **_k):
    try: raise ValueError(n)
    except ValueError:
        if n: deep(n=n - 1)
        raise
compute_induction_scores = compute_k_composition = round_and_round
compute_prev_token_scores = measure_induction_loss = deep
raise_now = round_and_round()
