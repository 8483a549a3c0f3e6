"""Slices: the cells that a function needs, never one too few and rather one too many."""

import pytest

from grader.submission.slices import NotebookAnalysis, changed_functions, is_unchanged
from tests.builders import rubric, submission

RUBRIC = rubric()
NAME = "compute_induction_scores"
SCORES = f"def {NAME}(model):\n    return helper(model) * SCALE"
HELPER = "def helper(model):\n    return model.cfg.n_heads"
SHOWN = f"scores = {NAME}(model)\nprint(scores.max())"
LAB = ("import torch", HELPER, "SCALE = 2", SCORES, SHOWN)


def cells(*sources: str) -> list[int] | None:
    """Return the indices of the slice's cells, or None if there is no slice."""
    found = NotebookAnalysis.from_submission(submission(*sources)).slice_for(RUBRIC, NAME)
    return sorted(found.cells) if found else None


def test_a_slice_holds_what_the_function_names() -> None:
    """Helpers and constants are in the slice, whatever defines them; cells that plot are not."""
    assert cells(*LAB) == [1, 2, 3]
    assert cells("SCALE = 1", *LAB, "SCALE = 3", "scores = 4") == [0, 2, 3, 4, 6]


@pytest.mark.parametrize(
    "cell",
    [
        "from math import *",
        "exec('SCALE = 3')",
        "globals()['SCALE'] = 3",
        "%run other.py",
        "%%bash\nrm x",
        "!rm x",
        "!time x",
        "%time SCALE = 3",
        "%load_ext autoreload",
        "torch.Tensor.max = None",
        "t = torch\nt.Tensor.max = None",
        "type(model).forward = None",
        "model.__class__.forward = None",
        "setattr(torch, 'ones', None)",
        "torch.set_default_dtype(torch.float64)",
        "_ = torch.set_default_dtype(torch.float64)",
        "import os\nos.environ['X'] = '1'",
        "import warnings\nwarnings.simplefilter('error')",
        "def change():\n    global SCALE\n    SCALE = 3\nchange()",
        "def change():\n    torch.set_num_threads(1)\ndef again():\n    change()\nagain()",
        "helper.__code__ = None",
        "SCALE += 1",
        "del SCALE",
        "import numpy as SCALE",
        "for SCALE in (1, 2):\n    pass",
        "with open('x') as SCALE:\n    pass",
        "if (SCALE := 4):\n    pass",
    ],
)
def test_what_may_change_the_answer_is_needed(cell: str) -> None:
    """Cells that rebind names, patch libraries or look up names by text are needed."""
    found = cells(*LAB, cell, "x = 1")
    assert found is None or {1, 2, 3, 5} <= set(found)
    assert found is None or 6 not in found


@pytest.mark.parametrize(
    "cell",
    [
        "print(SCALE)",
        "%matplotlib inline",
        "%load_ext grader",
        "%grade --hints 2 compute_induction_scores",
        "%%time\nprint(SCALE)",
        "!pip install torch",
        "import random\nrandom.seed(0)",
        "torch.manual_seed(0)",
        "import plotly.express as px\npx.imshow([[1]]).show()",
        "fig = 1\nfig.show()",
        "SCALES = [SCALE for _ in range(3)]",
        "torch.cuda.empty_cache()",
        "this is no Python",
    ],
)
def test_plots_prints_and_seeds_are_not_needed(cell: str) -> None:
    """Plots and prints are left out, and so is seeding: every probe sets its own seed."""
    assert cells(*LAB, cell) == [1, 2, 3]


@pytest.mark.parametrize(
    "cell",
    [
        "TABLE.append(2)",
        "TABLE[0] = 2",
        "def fill(x):\n    x.append(1)\nfill(TABLE)",
        "y = helper(TABLE)",
    ],
)
def test_what_touches_a_needed_object_is_needed(cell: str) -> None:
    """A cell is needed if it calls a needed object's methods, sets its items or passes it on."""
    reads = f"def {NAME}(model):\n    return TABLE[0]"
    found = cells("TABLE = [1]", HELPER, reads, cell, "TABLES = 1")
    assert found is not None
    assert {0, 2, 3} <= set(found)
    assert 4 not in found


def test_a_shared_loop_variable_is_no_dependency() -> None:
    """Two cells that use the same loop variable do not depend on each other."""
    loop = "for head in range(3):\n    print(head)"
    made = "total = []\nfor head in range(3):\n    total = [*total, head]\nSCALE = total[0]"
    assert cells(loop, HELPER, made, SCORES) == [1, 2, 3]


@pytest.mark.parametrize(
    "function",
    [
        f"seen = {{}}\ndef {NAME}(model):\n    seen[1] = 1",
        f"seen = []\ndef {NAME}(model):\n    seen.append(1)",
        f"def {NAME}(model, seen=[]):\n    seen.append(1)",
        f"import functools\n@functools.cache\ndef {NAME}(model):\n    pass",
        f"@helper\ndef {NAME}(model):\n    pass",
        f"def {NAME}(model):\n    {NAME}.seen = 1",
        f"def {NAME}(model):\n    eval('x')",
        f"seen = []\n{NAME} = lambda model: seen.append(1)",
        f"def deep(model):\n    global z\n    z = 1\ndef {NAME}(model):\n    deep(model)",
    ],
)
def test_a_stateful_function_has_no_slice(function: str) -> None:
    """The result of a stateful function may depend on every earlier call, so it has no slice."""
    assert cells(HELPER, function, "x = 1") is None


def test_other_cells_do_not_count() -> None:
    """Comments and other cells do not change a slice's digest."""
    before = NotebookAnalysis.from_submission(submission(*LAB))
    after = NotebookAnalysis.from_submission(
        submission("x = 1", *LAB[:3], f"# a comment\n{SCORES}", "print('other')")
    )
    assert is_unchanged(before, after, RUBRIC, NAME)
    assert changed_functions(before, after, RUBRIC) == ()
    assert before.digest != after.digest


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_changed_helper_changes_its_function(place: int) -> None:
    """An edit of the function, a helper or a constant counts as a change of the function."""
    edited = [*LAB]
    edited[place] = LAB[place].replace("2", "3").replace("cfg", "config").replace(" * ", " + ")
    before, after = (
        NotebookAnalysis.from_submission(submission(*LAB)),
        NotebookAnalysis.from_submission(submission(*edited)),
    )
    assert changed_functions(before, after, RUBRIC) == (NAME,)


def test_an_undefined_function_is_not_changed() -> None:
    """A function that no cell defines is not among the changed ones."""
    before, after = (
        NotebookAnalysis.from_submission(submission(*LAB)),
        NotebookAnalysis.from_submission(submission("x = 1", "y = 2")),
    )
    assert changed_functions(before, after, RUBRIC) == ()
