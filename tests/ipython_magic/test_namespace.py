"""A check leaves the kernel as it was, whatever the student's functions do."""

from collections.abc import Iterator

import pytest

from tests.ipython_magic.kernel import LOADED, LiveKernel, started

pytestmark = pytest.mark.kernel

SEED = """
import random, warnings, numpy as np, torch
torch.manual_seed(3); np.random.seed(4); random.seed(5)
drawn = torch.rand(3), np.random.rand(3), random.random()
"""
DRAWS = """
print(torch.rand(2).tolist(), torch.randn(2).tolist(), torch.initial_seed())
print(np.random.rand(2), np.random.randn(), random.random(), random.gauss(0, 1))
"""
SETTINGS = """
torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(True)
torch.set_float32_matmul_precision("medium")
warnings.simplefilter("error", ResourceWarning)
tokens, names = "mine", "mine too"
before = dict(globals())
filters = list(warnings.filters)
"""
ROUGH = """
def compute_induction_scores(model, seq_len=25, n_samples=10):
    global left_behind, names
    left_behind = names = seq_len
    globals().pop("tokens", None)
    print("printed"); display("displayed"); warnings.warn("warned")
    plt.figure(); plt.imshow([[1, 2], [3, 4]]); plt.show()
    torch.set_default_dtype(torch.float16); torch.set_default_device("cpu")
    torch.set_float32_matmul_precision("high")
    torch.manual_seed(0); np.random.seed(0); random.seed(0)
    warnings.simplefilter("ignore")
    for weight in globals()["model"].parameters():
        weight.data.zero_()
    globals()["model"].add_perma_hook("hook_embed", lambda x, hook: x * 0)
    return "wrong"
"""
COMPARED = """
after = {k: v for k, v in globals().items() if k not in {"before", "filters"}}
same = lambda k: after.get(k) is before.get(k)
ours = [k for k in after.keys() | before.keys() if not k.startswith("_") and not same(k)]
print(ours, tokens, names)
print(torch.get_default_dtype(), torch.get_default_device(), torch.is_grad_enabled())
print(torch.get_float32_matmul_precision(), filters == warnings.filters)
"""
MODEL = """
torch.set_default_device(None)
weights = [w for w in model.parameters()]
hooks = [h for module in model.modules() for h in module._forward_hooks]
print(len(hooks), all(torch.equal(w, k) for w, k in zip(weights, kept, strict=True)))
print(len(kept) == len(weights), any(w.any() for w in weights))
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[LiveKernel]:
    """Start a kernel whose function has every kind of side effect."""
    imports = "import matplotlib.pyplot as plt\nkept = [w.clone() for w in model.parameters()]"
    with started(*LOADED, SEED, imports, ROUGH) as kernel:
        yield kernel


def test_random_numbers_are_unaffected(kernel: LiveKernel) -> None:
    """A cell draws the same random numbers with and without a check before it."""
    without = kernel.text(SEED, DRAWS)
    kernel.run(SEED)
    kernel.bundle("%grade compute_induction_scores")
    assert kernel.text(DRAWS) == without


def test_settings_names_and_warnings_stay(kernel: LiveKernel) -> None:
    """Settings, names, warning filters and the student's model are restored."""
    kernel.run(SETTINGS)
    kernel.bundle("%grade compute_induction_scores")
    lines = kernel.text(COMPARED).splitlines()
    assert lines == ["[] mine mine too", "torch.float64 meta True", "medium True"]
    assert kernel.text(MODEL).splitlines() == ["0 True", "True True"]


def test_nothing_is_shown_but_the_report(kernel: LiveKernel) -> None:
    """Prints, displays, warnings and figures of the functions are not shown, even afterwards."""
    outputs = kernel.run("%grade compute_induction_scores")
    assert [o["output_type"] for o in outputs] == ["display_data"]
    assert set(outputs[0]["data"]) == {"text/html", "text/plain"}


def test_figures_of_the_same_cell_are_shown(kernel: LiveKernel) -> None:
    """A figure that is open before a check stays open and is shown once."""
    draw = "figure = plt.figure(); plt.plot([1, 2])\n%grade compute_induction_scores\n"
    outputs = kernel.run(draw + "print(plt.gcf() is figure)")
    assert [o.get("text") for o in outputs if o["output_type"] == "stream"] == ["True\n"]
    assert ["image/png" in o.get("data", {}) for o in outputs].count(True) == 1


def test_results_of_cells_stay(kernel: LiveKernel) -> None:
    """A check returns nothing, so that `_` and `Out` are unchanged."""
    kernel.run("6 * 7")
    kernel.bundle("%grade compute_induction_scores")
    assert kernel.text("print(_, len(Out))").startswith("42 ")
    assert kernel.text("x = %grade ablate_heads\nprint(x)").endswith("None\n")
