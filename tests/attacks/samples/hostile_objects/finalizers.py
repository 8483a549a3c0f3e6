# ATTACK: finalizers
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return objects that do something when they are thrown away: raise, exit, fork, or publish
#     a value.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import os
class Trap:
    def __init__(self, act): self.act = act
    def __del__(self): self.act()
def exits(): raise SystemExit(0)
def publishes():
    from grader.kernel.startup import publish
    publish({"observation": "AA==", "seconds": 0.0})
def compute_induction_scores(*_a, **_k): return Trap(exits)
def compute_prev_token_scores(*_a, **_k): return [Trap(publishes)]
def compute_k_composition(*_a, **_k): return {"x": Trap(lambda: os._exit(0))}
def measure_induction_loss(*_a, **_k): raise ValueError(Trap(publishes))
