# ATTACK: exception_arguments
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Raise exceptions with a million arguments, cyclic ones, and messages that are no plain
#     text.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
class Text(str):
    def __str__(self): raise SystemExit
    __repr__ = __format__ = __add__ = __str__
cycle = []
cycle.append(cycle)
def compute_induction_scores(*_a, **_k): raise ValueError(*range(1_000_000))
def compute_prev_token_scores(*_a, **_k): raise ValueError(cycle)
def compute_k_composition(*_a, **_k): raise ValueError(Text("x"))
def measure_induction_loss(*_a, **_k): raise ValueError("z" * 100_000_000)
def ablate_heads(*_a, **_k):
    error = OSError(); error.args = Text("abc"); raise error
