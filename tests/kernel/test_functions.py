"""Functions that fail in many ways: each loses its own criteria and no others."""

from pathlib import Path

import pytest

from tests.notebooks import Graded, function_cells, graded, write

pytestmark = pytest.mark.kernel

WRONG = """
import numpy as np, os, sys, time, torch

def create_repeated_sequence(seq_len=25, seed=None):
    return None

def compute_induction_scores(model, seq_len=25, n_samples=10):
    return np.full((model.cfg.n_layers, model.cfg.n_heads), np.nan)

def compute_prev_token_scores(model, seq_len=50, n_samples=10):
    return np.zeros((2, 3))

def compute_k_composition(*args):
    return object()

def test_induction_accuracy(model, seq_len=20, n_tests=5):
    return 10**400

def ablate_heads(model, tokens, heads_to_ablate, method="zero"):
    return [torch.zeros(3), torch.zeros(2)]

def measure_induction_loss(model, seq_len=25, heads_to_ablate=None, n_samples=5):
    values = {}
    return values["loss"], 1.0
"""
FUNCTIONS = {
    "create_repeated_sequence",
    "compute_induction_scores",
    "compute_prev_token_scores",
    "compute_k_composition",
    "test_induction_accuracy",
    "ablate_heads",
    "measure_induction_loss",
}
RESULTS = {"top_induction_heads", "top_prev_heads", "ablated_loss", "ablated_acc", None}


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """A notebook in which seven wrong functions replace correct ones."""
    path = tmp_path_factory.mktemp("wrong") / "wrong.ipynb"
    return graded(write(path, [*function_cells(), WRONG]))


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        ("sequence_repeats", "None"),
        ("scores_planted", "144 of 144 values are NaN"),
        ("prev_scores_shape", "shape [4, 3] [n_layers, n_heads]"),
        ("k_composition_values", "object"),
        ("accuracy_values", "too large"),
        ("ablate_zero", "a list of 2"),
        ("loss_baseline", "KeyError"),
    ],
)
def test_wrong_values_are_described(wrong: Graded, criterion: str, message: str) -> None:
    """Feedback names None, NaN, wrong shapes, objects, huge numbers, ragged lists, exceptions."""
    verdict = wrong.verdicts[criterion]
    assert verdict.points == 0
    assert message in verdict.feedback


def test_an_exception_is_errored_with_its_line(wrong: Graded) -> None:
    """Code that raises is errored, and the report names the line in the function."""
    verdict = wrong.verdicts["loss_baseline"]
    assert verdict.outcome == "errored"
    assert "line 3 of measure_induction_loss" in verdict.feedback


def test_wrong_functions_cost_only_their_own(wrong: Graded) -> None:
    """Seven wrong functions and an unwritten analysis lose no points of other functions."""
    assert wrong.lost() - {"induction_formation"} == FUNCTIONS | RESULTS


LETHAL = """
import os, sys, time, ctypes

def test_induction_accuracy(model, seq_len=20, n_tests=5):
    os._exit(0)

def compute_prev_token_scores(model, seq_len=50, n_samples=10):
    while True:
        pass

def compute_k_composition(*args):
    sys.exit("done")

def create_repeated_sequence(seq_len=25, seed=None):
    ctypes.string_at(0)
"""


@pytest.fixture(scope="module")
def lethal(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """A notebook with functions that hang, exit and crash."""
    path = tmp_path_factory.mktemp("lethal") / "lethal.ipynb"
    return graded(write(path, [*function_cells(), LETHAL]), probe=4)


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        ("accuracy_values", "crashed Python"),
        ("prev_scores_values", "probe limit 4 s"),
        ("k_composition_values", "SystemExit: done"),
        ("sequence_seeds", "crashed Python"),
    ],
)
def test_lethal_functions_are_named(lethal: Graded, criterion: str, message: str) -> None:
    """The feedback says whether the kernel died, the function hung, or it exited."""
    assert lethal.verdicts[criterion].outcome == "errored"
    assert message in lethal.verdicts[criterion].feedback


def test_lethal_functions_take_no_other_points(lethal: Graded) -> None:
    """A function that kills the kernel loses no other function's points."""
    guilty = {
        "test_induction_accuracy",
        "compute_prev_token_scores",
        "compute_k_composition",
        "create_repeated_sequence",
    }
    assert lethal.lost() == guilty | RESULTS
    assert lethal.report.status == "graded"


def test_missing_and_renamed_functions(tmp_path: Path) -> None:
    """A missing function is not attempted; the feedback names one it may have been renamed to."""
    code = "def compute_k_compositions(*args):\n    return 0.0"
    result = graded(write(tmp_path / "x.ipynb", [code]), only="compute_k_composition")
    assert result.outcomes("compute_k_composition") == {"not_attempted"}
    assert (
        "Did you rename it to 'compute_k_compositions'?"
        in result.verdicts["k_composition_values"].feedback
    )


REBOUND = """
model = None
import torch
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(True)
torch.set_float32_matmul_precision("medium")
HookedTransformer = None
"""


def test_rebound_globals_do_not_matter(tmp_path: Path) -> None:
    """A notebook that ends with model = None, float64 and low precision loses no points."""
    result = graded(write(tmp_path / "x.ipynb", [*function_cells(), REBOUND]))
    assert result.lost() == RESULTS


SABOTAGE = """
def compute_prev_token_scores(model, seq_len=50, n_samples=10):
    for parameter in model.parameters():
        parameter.data.zero_()
    model.add_perma_hook("blocks.0.attn.hook_z", lambda z, hook: z * 0)
    return 0
"""


def test_a_damaged_model_is_restored(tmp_path: Path) -> None:
    """Weights that one function zeroes and hooks it leaves are undone before the next call."""
    result = graded(write(tmp_path / "x.ipynb", [*function_cells(), SABOTAGE]))
    assert result.lost() == {"compute_prev_token_scores"} | RESULTS


EMPTY = """
import numpy as np, torch
VALUE = {value}
def create_repeated_sequence(seq_len=25, seed=None):
    return torch.full((1, 2 * seq_len), VALUE)
def compute_induction_scores(model, seq_len=25, n_samples=10):
    return np.full((model.cfg.n_layers, model.cfg.n_heads), float(VALUE))
def compute_prev_token_scores(model, seq_len=50, n_samples=10):
    return np.full((model.cfg.n_layers, model.cfg.n_heads), float(VALUE))
def compute_k_composition(*args):
    return float(VALUE)
def test_induction_accuracy(model, seq_len=20, n_tests=5):
    return float(VALUE)
def ablate_heads(model, tokens, heads_to_ablate, method="zero"):
    return torch.full((*tokens.shape, model.cfg.d_vocab), float(VALUE))
def measure_induction_loss(model, seq_len=25, heads_to_ablate=None, n_samples=5):
    return float(VALUE), float(VALUE)
def natural_language_induction(model, prompt, heads):
    return np.full(len(heads), float(VALUE))
def ablation_effects(model, head_groups, seq_len=25, n_samples=5):
    return {{name: (float(VALUE), float(VALUE)) for name in ("baseline", *head_groups)}}
def induction_formation(checkpoints, seq_len=25, n_samples=4):
    return np.full(len(checkpoints), float(VALUE)), VALUE
top_induction_heads = []
induction_scores = prev_token_scores = np.full((12, 12), float(VALUE))
top_prev_heads = [(0, 0, float(VALUE))]
baseline_loss = baseline_acc = ablated_loss = ablated_acc = random_loss = random_acc = float(VALUE)
"""


@pytest.mark.parametrize("value", [0, 1])
def test_constant_answers_earn_nothing(tmp_path: Path, value: int) -> None:
    """Constants of the right type and shape everywhere earn no point at all."""
    result = graded(write(tmp_path / "x.ipynb", [EMPTY.format(value=value)]))
    assert {v.id: v.points for v in result.report.verdicts if v.points} == {}


UNUSUAL_SOLUTION = """
import numpy as np, torch
del create_repeated_sequence

def draw(seq_len, n):
    rows = []
    for seed in range(n):
        torch.manual_seed(seed)
        half = torch.randint(1000, 10000, (1, seq_len), device=model.cfg.device)
        rows.append(torch.cat([half, half], dim=1))
    return torch.cat(rows)

def compute_induction_scores(model, seq_len=25, n_samples=10):
    _, cache = model.run_with_cache(draw(seq_len, n_samples))
    layers = [cache["pattern", layer] for layer in range(model.cfg.n_layers)]
    stripes = torch.stack(layers).diagonal(1 - seq_len, dim1=-2, dim2=-1)[..., 1:]
    return stripes.mean(dim=(1, 3)).numpy()

def compute_prev_token_scores(model, seq_len=50, n_samples=10):
    tokens = torch.tensor(np.random.default_rng().integers(1000, 10000, (n_samples, seq_len)))
    _, cache = model.run_with_cache(tokens)
    return [
        [float(cache["pattern", layer][:, head].diagonal(-1, dim1=-2, dim2=-1).mean())
         for head in range(model.cfg.n_heads)]
        for layer in range(model.cfg.n_layers)
    ]

def measure_induction_loss(model, seq_len=25, heads_to_ablate=None, n_samples=5):
    tokens = draw(seq_len, n_samples)
    logits = ablate_heads(model, tokens, heads_to_ablate) if heads_to_ablate else model(tokens)
    guesses, truth = logits[:, seq_len:-1], tokens[:, seq_len + 1:]
    loss = torch.nn.functional.cross_entropy(guesses.flatten(0, 1), truth.flatten())
    return loss, (guesses.argmax(-1) == truth).float().mean()
"""


def test_unusual_solutions_are_accepted(tmp_path: Path) -> None:
    """Inlined draws, batches, lists, tensors and numpy's generator earn full points."""
    result = graded(write(tmp_path / "x.ipynb", [*function_cells(), UNUSUAL_SOLUTION]))
    assert result.lost() == {"create_repeated_sequence"} | RESULTS


HUGE = """
import torch
def compute_induction_scores(model, seq_len=25, n_samples=10):
    return torch.zeros(2**21)
def compute_prev_token_scores(model, seq_len=50, n_samples=10):
    return torch.zeros(1).expand(10**12)
def compute_k_composition(*args):
    return torch.zeros(2**19)
def test_induction_accuracy(model, seq_len=20, n_tests=5):
    return torch.zeros(2**19)
def measure_induction_loss(model, seq_len=25, heads_to_ablate=None, n_samples=5):
    return torch.zeros(2**19), torch.zeros(2**19)
"""


def test_huge_values_leave_room_for_others(tmp_path: Path) -> None:
    """Values that are too large lose only their own function's points, whatever their total."""
    result = graded(write(tmp_path / "x.ipynb", [*function_cells(), HUGE]))
    huge = {
        "compute_induction_scores",
        "compute_prev_token_scores",
        "compute_k_composition",
        "test_induction_accuracy",
        "measure_induction_loss",
        "induction_formation",
    }
    assert result.lost() == huge | RESULTS
    assert "too large to compare" in result.verdicts["prev_scores_values"].feedback
