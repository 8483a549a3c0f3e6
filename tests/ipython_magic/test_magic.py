"""What a student types, and what they see."""

from collections.abc import Iterator

import pytest

from tests.ipython_magic.kernel import LOADED, RIGHT, LiveKernel, started

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def kernel() -> Iterator[LiveKernel]:
    """A kernel with every function of the lab right."""
    with started(*RIGHT) as kernel:
        yield kernel


def test_the_extension_loads_next_to_nothing() -> None:
    """Neither torch nor the rubric are read before the first check."""
    with started("%load_ext grader") as kernel:
        loaded = kernel.text("import sys; print({'torch', 'pydantic', 'rich'} & set(sys.modules))")
    assert loaded == "set()\n"


def test_one_function_is_shown_as_page_and_text(kernel: LiveKernel) -> None:
    """One display: HTML without script, and plain text with the score and what it is worth."""
    shown = kernel.bundle("%grade compute_k_composition")
    assert shown.keys() == {"text/html", "text/plain"}
    assert "<script" not in shown["text/html"]
    for text in shown.values():
        assert "your grade comes from" in text
        assert "Checked 2 criteria in " in text
    assert "Score 10 / 10" in shown["text/plain"]
    assert "\x1b" not in shown["text/plain"]


def test_one_criterion_can_be_asked_for(kernel: LiveKernel) -> None:
    """A criterion's id asks for it alone."""
    assert "Score 1 / 1 " in kernel.bundle("%grade sequence_range")["text/plain"]


def test_hints_are_as_many_as_asked_for(kernel: LiveKernel) -> None:
    """`--hint` shows up to three hints on a known mistake; without it there is none to read."""
    kernel.run("def compute_k_composition(*args): return 0.0")
    assert "Hint: " not in kernel.bundle("%grade compute_k_composition")["text/plain"]
    for hints in (0, 1, 3):
        shown = kernel.bundle(f"%grade k_composition_values --hint {hints}")["text/plain"]
        assert shown.count("Hint: ") == hints
    kernel.run("del compute_k_composition")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("compute_scores", "choose a criterion's id or one of create_repeated_sequence, "),
        ("--hint 4", "invalid choice: 4 (choose from 0, 1, 2, 3)"),
        ("a b", "unrecognized arguments: b"),
        ("'", "No closing quotation"),
    ],
)
def test_what_is_not_understood_is_said_in_one_line(
    kernel: LiveKernel, typed: str, says: str
) -> None:
    """A name or option that does not exist: one line that helps, and no traceback."""
    said = "".join(str(o.get("text", "")) for o in kernel.run(f"%grade {typed}"))
    assert says in said
    assert said.count("\n") == 1


def test_names_are_completed(kernel: LiveKernel) -> None:
    """The tab key knows functions and criteria."""
    ask = "print(get_ipython().complete('compute_p', '%grade compute_p', 16)[1])"
    assert kernel.text(ask) == "['compute_prev_token_scores']\n"


def test_figures_and_other_models_results_are_left_out(kernel: LiveKernel) -> None:
    """What cannot be compared gets a line and no verdict: figures, results of one's own model."""
    kernel.run('model = load_model("generic-2x2/50", "cpu")\ntop_induction_heads = []')
    said = kernel.text("%grade top_induction_heads")
    assert said.startswith("Results are compared where `model` is the model that `grade`")
    assert "top_induction_heads" in said
    report = kernel.report()
    assert not {"top_induction_heads", "ablation_raises_loss", "scores_drawn"} & report.keys()
    assert report["scores_planted"]["outcome"] == "passed"
    assert kernel.text("%grade scores_drawn").startswith("Figures are looked at by `grade` only")
    kernel.run(LOADED[1])


def test_results_on_the_grading_model_are_judged(kernel: LiveKernel) -> None:
    """Where `model` is the grading model, results are compared; one weight changed, and not."""
    kernel.run("top_prev_heads = [(0, 0, 1.0)]; prev_token_scores = None")
    assert kernel.report("top_prev_heads")["top_prev_heads"]["outcome"] == "failed"
    kernel.run("model.blocks[3].attn.W_Q.data[0, 0, 0] += 1")
    assert kernel.report("top_prev_heads") == {}
