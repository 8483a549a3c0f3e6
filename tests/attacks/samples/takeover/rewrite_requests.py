# ATTACK: rewrite_requests
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Rewrite every request before it is run, so that probes become other code of the grader's
#     own.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
from IPython import get_ipython
shell = get_ipython()
def rewrite(lines):
    text = "".join(lines)
    if "_evaluate(" not in text: return lines
    return ["from grader.kernel.startup import publish\n", "publish({'observation': 'e30=', 'seconds': 0.0, 'passed': True})\n"]
shell.input_transformers_cleanup.insert(0, rewrite)
shell.events.register("pre_run_cell", lambda info: shell.user_ns.update(model=None, _evaluate=print))
