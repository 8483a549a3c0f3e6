# ATTACK: walk_the_heap
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Look through everything the garbage collector knows for answers, keys, rubrics and
#     recordings of the asked shape.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import gc
def steal(*args, **_k):
    best = None
    for thing in gc.get_objects():
        kind = type(thing).__name__
        if kind in {"Expected", "AnswerKey", "Rubric"}: return getattr(thing, "value", thing)
        if kind == "RecordedCall": best = thing.result.array if hasattr(thing.result, "array") else thing.result
    return best
compute_induction_scores = compute_prev_token_scores = compute_k_composition = steal
ablate_heads = measure_induction_loss = create_repeated_sequence = steal
