# ATTACK: trace_everything
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Trace and profile every call in every thread, changing what the grader's functions see
#     and raise.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import sys, threading
def trace(frame, event, argument):
    if "grader" in frame.f_code.co_filename and event == "return":
        frame.f_locals.update(value=0.05, name="passed")
    if "grader" in frame.f_code.co_filename and frame.f_code.co_name == "encode": raise SystemExit
    return trace
def profile(frame, event, argument):
    if event == "c_return" and getattr(argument, "__name__", "") == "b64encode": raise KeyboardInterrupt
def start(*_a, **_k):
    sys.settrace(trace); sys.setprofile(profile); threading.settrace(trace)
    return 0.05
compute_induction_scores = create_repeated_sequence = compute_k_composition = start
