# ATTACK: import_the_solution
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Import the reference, its variants and the tests' notebooks by every name, loader and
#     search path there is.
# MUST: None can be imported; the score is that of the notebook without this cell.
# SIGN: IMPORTED .*
import importlib, importlib.machinery, importlib.util, pathlib, sys
where = pathlib.Path(WORLD["reference"])
sys.path += [str(where.parent), str(where)]
for name in ("reference.induction_heads", "reference.variants", "tests.notebooks", "induction_heads"):
    try:
        module = importlib.import_module(name)
        for function in ("create_repeated_sequence", "compute_induction_scores", "compute_prev_token_scores",
                         "compute_k_composition", "ablate_heads", "measure_induction_loss"):
            if hasattr(module, function): globals()[function] = getattr(module, function)
        print("IMPORTED", name)
    except BaseException as error: print("no", name, type(error).__name__)
try:
    loader = importlib.machinery.SourceFileLoader("solution", str(where / "induction_heads" / "ablation.py"))
    loader.exec_module(importlib.util.module_from_spec(importlib.util.spec_from_loader("solution", loader)))
    print("IMPORTED by file")
except BaseException as error: print("no", type(error).__name__)
