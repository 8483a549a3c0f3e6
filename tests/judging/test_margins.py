"""The proof of a rubric: which margins it accepts, which it does not."""

import pytest

from grader.judging.margins import Margin, Proof, in_world, margins_in
from grader.protocol.values import Value
from grader.render.margins_table import summary, to_markdown
from grader.rubric.model import Rubric
from tests.builders import MINI_RUBRIC, answer_key, array, rubric

RIGHT = array([[0.9, 0.1], [0.2, 0.3]])
PRINTED = array([[0.8, 0.1], [0.2, 0.3]])
TRANSPOSED = array([[0.9, 0.2], [0.1, 0.3]])
NEARLY = array([[0.9, 0.1003], [0.2, 0.3]])
PROBES = ("scores", "shape")


def alike() -> Rubric:
    """The mini rubric, with a variant that answers as the reference does."""
    more = (
        "  - {name: loop, function: compute_induction_scores, source: loop, alike: true}\nmistakes:"
    )
    return rubric(MINI_RUBRIC.replace("mistakes:", more))


def proof(wrong: Value = TRANSPOSED, loop: Value = RIGHT) -> Proof:
    """What is proven where the mistake and the variant answer this."""
    key = answer_key(
        dict.fromkeys(PROBES, RIGHT),
        variants={
            "as_printed": dict.fromkeys(PROBES, PRINTED),
            "loop": dict.fromkeys(PROBES, loop),
        },
        mistakes={"transposed": dict.fromkeys(PROBES, wrong)},
    )
    return Proof(rubric=alike(), margins=tuple(margins_in(alike(), key, "public")))


def test_a_clear_gap_is_a_proof() -> None:
    """Variants equal an accepted answer, the mistake is far from each: nothing to say."""
    found = proof()
    assert found.problems() == ()
    wrong, right = found.closest_wrong("scores"), found.farthest_right("scores")
    assert wrong is not None
    assert right is not None
    assert (wrong.name, right.margin) == ("transposed", 0)
    assert wrong.margin == pytest.approx(0.1 / (1e-4 + 1e-3 * 0.1), rel=0.5)


def test_a_right_answer_on_the_edge_is_a_problem() -> None:
    """Between half a tolerance and all of it is too close, even though it is accepted."""
    (problem,) = proof(loop=NEARLY).problems()
    assert problem.startswith("scores: loop (variant, public) is right, and 1.5 tolerances away")


def test_a_wrong_answer_on_the_edge_is_a_problem() -> None:
    """A mistake within two tolerances of a right answer could be taken for it."""
    assert any("transposed (mistake, public) is only" in p for p in proof(wrong=NEARLY).problems())


def test_a_variant_that_does_not_answer_is_a_problem() -> None:
    """A right solution that fails to answer is no right solution."""
    key = answer_key(dict.fromkeys(PROBES, RIGHT), variants={"as_printed": {}, "loop": {}})
    margins = tuple(margins_in(alike(), key, "public"))
    assert any("loop" in problem for problem in Proof(rubric=alike(), margins=margins).problems())


def test_a_criterion_without_a_mistake_is_a_problem() -> None:
    """What nothing known loses is not shown to tell right from wrong."""
    bare = alike().model_copy(update={"mistakes": ()})
    assert Proof(rubric=bare, margins=()).problems() == ("scores: no known mistake loses it",)


def test_a_mistake_that_is_not_recognised_is_a_problem() -> None:
    """It loses its points and is not told why: that is half of the promise."""
    margin = Margin(
        world="public",
        kind="mistake",
        name="transposed",
        criterion="scores",
        margin=50.0,
        loses=True,
        named=False,
    )
    assert margin.problem == "scores: transposed (mistake, public) is not recognised"


def test_the_page_holds_every_answer() -> None:
    """One line a criterion, one an answer, and the summary."""
    page = to_markdown(proof())
    assert all(f"| {name} |" in page for name in ("as_printed", "loop", "transposed"))
    assert summary(proof()) in page
    assert "2 variants and 1 mistakes in 1 worlds" in page


def test_a_world_is_drawn_from_its_seed() -> None:
    """Models with a pattern are others in each world; nothing is hidden in one."""
    text = MINI_RUBRIC.replace(
        "reference: {", "hidden: {grading: 'planted-4..9x3..8@*'}\nreference: {"
    ).replace("(model)}", "(model), hidden: true}", 1)
    text = text.replace("- {kind: close", "- {kind: shape, probe: shape}\n      - {kind: close")
    drawn = {in_world(rubric(text), seed).models["grading"] for seed in (None, 1, 2, 3)}
    assert len(drawn) == 4
    assert not any(probe.hidden for probe in in_world(rubric(text), 1).probes.values())
