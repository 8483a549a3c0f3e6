"""`%grade` as a student types it, and its display."""

from collections.abc import Iterator

import pytest

from tests.ipython_magic.kernel import LOADED, RIGHT, LiveKernel, started

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def kernel() -> Iterator[LiveKernel]:
    """Start a kernel with every function of the lab right."""
    with started(*RIGHT) as kernel:
        yield kernel


def test_the_extension_loads_instantly() -> None:
    """Torch and the rubric are not loaded before the first check."""
    with started("%load_ext grader") as kernel:
        loaded = kernel.text("import sys; print({'torch', 'pydantic', 'rich'} & set(sys.modules))")
    assert loaded == "set()\n"


def test_one_function_is_shown_as_page_and_text(kernel: LiveKernel) -> None:
    """A check has one display: HTML without scripts, and plain text with score and total."""
    shown = kernel.bundle("%grade compute_k_composition")
    assert shown.keys() == {"text/html", "text/plain"}
    assert "<script" not in shown["text/html"]
    for text in shown.values():
        assert "your grade comes from" in text
        assert "Checked 2 criteria in " in text
    assert "Score 10 / 10" in shown["text/plain"]
    assert "\x1b" not in shown["text/plain"]


def test_one_criterion_can_be_checked(kernel: LiveKernel) -> None:
    """A criterion's id selects it alone."""
    assert "Score 1 / 1 " in kernel.bundle("%grade sequence_range")["text/plain"]


def test_hints_are_as_many_as_asked_for(kernel: LiveKernel) -> None:
    """`--hints` shows up to three hints on a known mistake; without it none is shown."""
    kernel.run("def compute_k_composition(*args): return 0.0")
    assert "Hint: " not in kernel.bundle("%grade compute_k_composition")["text/plain"]
    for hints in (0, 1, 3):
        shown = kernel.bundle(f"%grade k_composition_values --hints {hints}")["text/plain"]
        assert shown.count("Hint: ") == hints
    kernel.run("del compute_k_composition")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("compute_scores", "choose a criterion's id or one of create_repeated_sequence, "),
        ("--hints 4", "invalid choice: 4 (choose from 0, 1, 2, 3)"),
        ("a b", "unrecognized arguments: b"),
        ("'", "No closing quotation"),
    ],
)
def test_wrong_usage_is_one_line(kernel: LiveKernel, typed: str, message: str) -> None:
    """An unknown name or option gives one helpful line and no traceback."""
    text = "".join(str(o.get("text", "")) for o in kernel.run(f"%grade {typed}"))
    assert message in text
    assert text.count("\n") == 1


def test_names_are_completed(kernel: LiveKernel) -> None:
    """The tab key completes functions and criteria."""
    code = "print(get_ipython().complete('compute_p', '%grade compute_p', 16)[1])"
    assert kernel.text(code) == "['compute_prev_token_scores']\n"


def test_figures_and_other_models_results_are_left_out(kernel: LiveKernel) -> None:
    """Figures, and results on another model, get a note instead of a verdict."""
    kernel.run('model = load_model("generic-2x2/50", "cpu")\ntop_induction_heads = []')
    text = kernel.text("%grade top_induction_heads")
    assert text.startswith("Results are compared only if `model` is the model that `grade`")
    assert "top_induction_heads" in text
    report = kernel.report()
    assert not {"top_induction_heads", "ablation_raises_loss", "scores_drawn"} & report.keys()
    assert report["scores_planted"]["outcome"] == "passed"
    assert kernel.text("%grade scores_drawn").startswith("Figures are checked by `grade` only")
    kernel.run(LOADED[1])


def test_results_on_the_grading_model_are_judged(kernel: LiveKernel) -> None:
    """Results are compared if `model` is the grading model, and not if one weight differs."""
    kernel.run("top_prev_heads = [(0, 0, 1.0)]; prev_token_scores = None")
    assert kernel.report("top_prev_heads")["top_prev_heads"]["outcome"] == "failed"
    kernel.run("model.blocks[3].attn.W_Q.data[0, 0, 0] += 1")
    assert kernel.report("top_prev_heads") == {}
