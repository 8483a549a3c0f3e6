# ATTACK: own_namespace
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace the namespace by a dict that has its own idea of what it holds and who asks.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
from IPython import get_ipython
class Space(dict):
    def __contains__(self, name): return True
    def __missing__(self, name): return lambda *_a, **_k: 0.05
    def update(self, *_a, **_k): return None
    def get(self, name, default=None): return lambda *_a, **_k: 0.05
    def pop(self, *_a): return None
shell = get_ipython()
shell.user_ns = Space(shell.user_ns)
