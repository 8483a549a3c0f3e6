# ATTACK: names_in_the_namespace
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Give functions, files and lines of the traceback hostile names, which feedback may quote.
# MUST: They are shown escaped; only the function that raises loses points.
# SIGN: none
# LOSES: compute_k_composition
source = "def compute_k_composition(*_a, **_k):\n    raise ValueError('x')\n"
exec(compile(source, "</script><script>\x1b[2J\u202e", "exec"), globals())
compute_k_composition.__name__ = compute_k_composition.__qualname__ = "<b>\x1b[1m"
compute_k_composition.__code__ = compute_k_composition.__code__.replace(co_name="compute_k_composition\x1b[2J<b>")
