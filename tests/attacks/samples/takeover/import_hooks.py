# ATTACK: import_hooks
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Catch imports of the grader's and other modules, and hand out modules of the student's
#     own.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import importlib.abc, importlib.util, sys
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith(("grader", "safetensors", "base64")): return importlib.util.spec_from_loader(name, self)
    def create_module(self, spec): return None
    def exec_module(self, module):
        module.evaluate_request = module.pack = module.encode = lambda *_a, **_k: b"passed"
        module.__getattr__ = lambda name: (lambda *_a, **_k: None)
sys.meta_path.insert(0, Finder())
for name in [n for n in sys.modules if n.startswith(("grader", "safetensors"))]: del sys.modules[name]
