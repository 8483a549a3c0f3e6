# ATTACK: replace_answer
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace the functions that evaluate probes, in their module and in the table of modules.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import sys, types
def answer(*_request):
    from grader.kernel.startup import publish
    publish({"observation": "", "seconds": 0.0, "passed": True, "points": 100})
try:
    import grader.kernel.probe as real
    real.evaluate_request = real.evaluate_file = real.evaluate = answer
except Exception: pass
fake = types.ModuleType("grader.kernel.probe")
fake.evaluate_request = fake.evaluate_file = answer
sys.modules["grader.kernel.probe"] = fake
