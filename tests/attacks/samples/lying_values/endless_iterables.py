# ATTACK: endless_iterables
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return iterators that never end and ranges longer than any list.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import itertools
def forever():
    while True: yield 0.05
def compute_induction_scores(*_a, **_k): return forever()
def compute_prev_token_scores(*_a, **_k): return itertools.count()
def compute_k_composition(*_a, **_k): return range(10**18)
def measure_induction_loss(*_a, **_k): return map(float, itertools.repeat(0))
def create_repeated_sequence(*_a, **_k): return zip(itertools.count(), itertools.count())
def ablate_heads(*_a, **_k): return iter(int, 1)
