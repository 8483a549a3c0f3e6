"""Margins of a rubric: which ones are accepted and which are problems."""

import pytest

from grader.judging.margins import Margin, MarginReport, measure_margins, with_drawn_models
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
    """Return the mini rubric with a variant that answers like the reference."""
    more = "  loop: {function: compute_induction_scores, source: loop, equivalent: true}\nmistakes:"
    return rubric(MINI_RUBRIC.replace("mistakes:", more))


def proof(wrong: Value = TRANSPOSED, loop: Value = RIGHT) -> MarginReport:
    """Return the margins when the mistake and the variant give these answers."""
    key = answer_key(
        dict.fromkeys(PROBES, RIGHT),
        variants={
            "as_printed": dict.fromkeys(PROBES, PRINTED),
            "loop": dict.fromkeys(PROBES, loop),
        },
        mistakes={"transposed": dict.fromkeys(PROBES, wrong)},
    )
    return MarginReport(rubric=alike(), margins=tuple(measure_margins(alike(), key, "public")))


def test_a_clear_gap_is_a_proof() -> None:
    """No problem is reported if variants match an accepted answer and the mistake matches none."""
    found = proof()
    assert found.problems() == ()
    wrong, right = found.closest_wrong("scores"), found.farthest_right("scores")
    assert wrong is not None
    assert right is not None
    assert (wrong.name, right.margin) == ("transposed", 0)
    assert wrong.margin == pytest.approx(0.1 / (1e-4 + 1e-3 * 0.1), rel=0.5)


def test_a_right_answer_on_the_edge_is_a_problem() -> None:
    """A right answer at more than half a tolerance is too close, even if it is accepted."""
    (problem,) = proof(loop=NEARLY).problems()
    assert problem.startswith("scores: loop (variant, public) is right, but 1.5 tolerances away")


def test_a_wrong_answer_on_the_edge_is_a_problem() -> None:
    """A mistake within two tolerances of a right answer could be accepted as one."""
    assert any("transposed (mistake, public) is only" in p for p in proof(wrong=NEARLY).problems())


def test_a_variant_that_does_not_answer_is_a_problem() -> None:
    """A variant whose probes fail is a problem."""
    key = answer_key(dict.fromkeys(PROBES, RIGHT), variants={"as_printed": {}, "loop": {}})
    margins = tuple(measure_margins(alike(), key, "public"))
    assert any(
        "loop" in problem for problem in MarginReport(rubric=alike(), margins=margins).problems()
    )


def test_a_criterion_without_a_mistake_is_a_problem() -> None:
    """A criterion that no known mistake fails is a problem."""
    bare = alike().model_copy(update={"mistakes": ()})
    assert MarginReport(rubric=bare, margins=()).problems() == (
        "scores: no known mistake fails it",
    )


def test_a_mistake_that_is_not_recognised_is_a_problem() -> None:
    """A mistake that loses its points must also be recognised."""
    margin = Margin(
        model_set="public",
        kind="mistake",
        name="transposed",
        criterion="scores",
        margin=50.0,
        must_fail=True,
        recognised=False,
    )
    assert margin.problem == "scores: transposed (mistake, public) is not recognised"


def test_the_page_holds_every_answer() -> None:
    """The page has a line for each criterion and each answer, and the summary."""
    page = to_markdown(proof())
    assert all(f"| {name} |" in page for name in ("as_printed", "loop", "transposed"))
    assert summary(proof()) in page
    assert "2 variants and 1 mistakes on 1 model sets" in page


def test_a_world_is_drawn_from_its_seed() -> None:
    """Each seed draws other models, and no probe stays hidden."""
    text = MINI_RUBRIC.replace(
        "reference: {", "hidden: {grading: 'planted-4..9x3..8@*'}\nreference: {"
    ).replace("(model)}", "(model), hidden: true}", 1)
    text = text.replace("- {kind: close", "- {kind: shape, probe: shape}\n          - {kind: close")
    drawn = {with_drawn_models(rubric(text), seed).models["grading"] for seed in (None, 1, 2, 3)}
    assert len(drawn) == 4
    assert not any(probe.hidden for probe in with_drawn_models(rubric(text), 1).probes.values())
