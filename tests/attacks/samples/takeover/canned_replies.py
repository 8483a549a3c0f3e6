# ATTACK: canned_replies
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace the kernel's do_execute and its shell's run_cell by ones that report success and
#     run nothing.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
from IPython import get_ipython
shell = get_ipython()
async def do_execute(*_a, **_k):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
async def nothing(*_a, **_k): return None
shell.kernel.do_execute = do_execute
shell.run_cell_async = nothing
shell.transform_cell = lambda code: "pass"
shell.input_transformers_post.append(lambda lines: ["pass\n"])
