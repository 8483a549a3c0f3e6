# ATTACK: alarms
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Let timers raise out of the grader's code, wherever it is, many times a second.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import signal, sys
class Gone(BaseException): pass
def ring(*_a): raise Gone("passed")
signal.signal(signal.SIGALRM, ring)
def start(*_a, **_k):
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    return 0.05
compute_induction_scores = measure_induction_loss = compute_k_composition = start
