# ATTACK: leaving_by_every_door
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Leave functions by SystemExit, interrupts, generator exits and cancellations, nested in
#     groups.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import asyncio
def compute_induction_scores(*_a, **_k): raise SystemExit(0)
def compute_prev_token_scores(*_a, **_k): raise KeyboardInterrupt
def compute_k_composition(*_a, **_k): raise GeneratorExit
def measure_induction_loss(*_a, **_k): raise asyncio.CancelledError("done")
def ablate_heads(*_a, **_k):
    group = ExceptionGroup("g", [ValueError(1)])
    for _ in range(5_000): group = ExceptionGroup("g", [group])
    raise group
def create_repeated_sequence(*_a, **_k): raise StopIteration([1000] * 28)
