# ATTACK: functions_that_are_none
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Put something else in a function's place: mocks, coroutines, classes, partials, objects
#     with every attribute.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import functools
from unittest.mock import MagicMock
class Anything:
    def __call__(self, *_a, **_k): return self
    def __getattr__(self, _name): return self
    def __getitem__(self, _i): return self
    __float__ = lambda self: 0.05
async def coroutine(*_a, **_k): return 0.05
compute_induction_scores, compute_prev_token_scores = MagicMock(), coroutine
compute_k_composition, measure_induction_loss = Anything(), functools.partial(coroutine)
ablate_heads, create_repeated_sequence = type, property(lambda self: 1)
