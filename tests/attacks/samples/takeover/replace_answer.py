# ATTACK: replace_answer
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace the function that answers probes, in its module and in the table of modules.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import sys, types
def answer(request):
    from grader.kernel.startup import publish
    publish({"observation": "", "seconds": 0.0, "passed": True, "points": 100})
try:
    import grader.kernel.probe as real
    real.answer = real.observe = answer
except Exception: pass
fake = types.ModuleType("grader.kernel.probe")
fake.answer = answer
sys.modules["grader.kernel.probe"] = fake
