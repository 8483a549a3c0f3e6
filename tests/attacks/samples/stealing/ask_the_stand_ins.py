# ATTACK: ask_the_stand_ins
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Call the stand-in of another function with the arguments of the probe that comes later,
#     and remember the answers.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
seen = {}
def compute_induction_scores(model, seq_len=25, n_samples=5):
    for length in (5, 7, 8, 14):
        for seed in range(4):
            try: seen[length, seed] = globals()["create_repeated_sequence"](length, seed=seed)
            except Exception: pass
    return None
measure_induction_loss = compute_induction_scores
def create_repeated_sequence(seq_len=25, seed=None):
    if (seq_len, seed) in seen: return seen[seq_len, seed]
    return seen.get((8, 0))
