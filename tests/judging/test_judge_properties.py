"""Properties of judging that hold for the lab's rubric and key, whatever a notebook answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.answer_key.model import AnswerKey
from grader.checks import Tolerance
from grader.checks.base import as_numbers
from grader.checks.close import Close
from grader.protocol.values import Expected, Observation, Value
from grader.report.model import Verdict
from grader.rubric.sections import Criterion
from tests import builders
from tests.strategies import (
    RUBRIC,
    each_array,
    failures,
    in_other_containers,
    judge_of,
    known_answers,
    notebooks,
    public_key,
    right,
    single,
    verdict,
    with_noise,
)

Scores = NDArray[np.float64]
by_criterion = pytest.mark.parametrize("criterion", RUBRIC.criteria, ids=lambda c: c.id)
few, some = settings(max_examples=8), settings(max_examples=20)


def classes(criterion: Criterion) -> list[str]:
    """Return the tolerance classes that a criterion's points depend on."""
    plan = criterion.follow_through
    checks = (*criterion.checks, *(plan.checks if plan else ()))
    return sorted({check.tolerance for check in checks if hasattr(check, "tolerance")})


def lost(criterion: Criterion) -> dict[str, Verdict]:
    """Return failed verdicts on the criteria that this one may follow through from."""
    plan = criterion.follow_through
    return {
        name: builders.verdict(id=name, outcome="failed", points=0.0)
        for name in (plan.requires if plan else ())
    }


def by_head() -> Iterator[tuple[Criterion, Close]]:
    """Yield each check that compares one score per head, in a criterion of its own."""
    for whole in RUBRIC.criteria:
        for check in whole.checks:
            if isinstance(check, Close) and check.axes == ("layer", "head"):
                alone = {"checks": (check,), "follow_through": None}
                yield whole.model_copy(update=alone), check


def with_heads_moved(value: Value, order: Sequence[int]) -> Value:
    """Return scores with the heads of every layer permuted."""
    return each_array(value, lambda a: a[..., list(order)] if a.shape[-1:] == (len(order),) else a)


def key_with_heads_moved(probe: str, order: Sequence[int]) -> AnswerKey:
    """Return the key with the heads permuted in every answer to one probe."""
    key = public_key()
    own = key.expected[probe]
    spread = None if own.spread is None else own.spread[..., list(order)]
    moved = Expected(value=with_heads_moved(own.value, order), spread=spread, draws=own.draws)

    def all_moved(known: Mapping[str, Mapping[str, Value]]) -> dict[str, dict[str, Value]]:
        return {
            name: {p: with_heads_moved(v, order) if p == probe else v for p, v in answers.items()}
            for name, answers in known.items()
        }

    return replace(
        key,
        expected={**key.expected, probe: moved},
        variants=all_moved(key.variants),
        mistakes=all_moved(key.mistakes),
        spreads=all_moved(key.spreads),
    )


@by_criterion
@given(data=st.data())
@some
def test_every_answer_has_a_verdict(criterion: Criterion, data: st.DataObject) -> None:
    """Every answer gets points in range, a matching outcome and a reason."""
    earlier = data.draw(st.sampled_from([{}, lost(criterion)]))
    found = verdict(criterion, data.draw(notebooks(criterion)), earlier=earlier)
    assert 0 <= found.points <= found.max_points
    assert (found.outcome == "passed") == (found.points == found.max_points)
    assert (found.outcome == "partial") == (0 < found.points < found.max_points)
    assert found.feedback or found.outcome == "passed"
    assert found.misconception is None or found.outcome != "passed"
    assert found.followed <= bool(earlier)


@by_criterion
@given(data=st.data())
@few
def test_nothing_is_earned_by_failing(criterion: Criterion, data: st.DataObject) -> None:
    """If no probe gave a value there are no points, whatever was lost before."""
    failed = {name: data.draw(failures()) for name in criterion.all_probes()}
    assert verdict(criterion, failed).points == 0
    assert verdict(criterion, failed, earlier=lost(criterion)).points == 0


@pytest.mark.parametrize(
    "criterion", [c for c in RUBRIC.criteria if classes(c)], ids=lambda c: c.id
)
@given(data=st.data())
@some
def test_a_wider_class_never_lowers_points(criterion: Criterion, data: st.DataObject) -> None:
    """Widening a tolerance class never lowers the points of any answer."""
    name = data.draw(st.sampled_from(classes(criterion)))
    more = data.draw(st.fixed_dictionaries(dict.fromkeys(Tolerance.model_fields, widths)))
    narrow = RUBRIC.all_tolerances[name]
    wide = Tolerance(**{term: getattr(narrow, term) + more[term] for term in more})
    generous = RUBRIC.model_copy(update={"tolerances": {**RUBRIC.tolerances, name: wide}})
    seen = data.draw(notebooks(criterion))
    earlier = data.draw(st.sampled_from([{}, lost(criterion)]))
    after = verdict(criterion, seen, rubric=generous, earlier=earlier)
    assert after.points >= verdict(criterion, seen, earlier=earlier).points


widths = st.just(0.0) | st.floats(-6, 1).map(lambda power: 10**power)


@by_criterion
@given(data=st.data())
@some
def test_a_container_makes_no_difference(criterion: Criterion, data: st.DataObject) -> None:
    """Tensors, arrays, lists and tuples of either precision earn the same points and mistake."""
    answers = data.draw(known_answers())
    asked = {
        name: each_array(data.draw(st.just(answers[name]) | with_noise(answers[name])), single)
        for name in criterion.all_probes()
    }
    other = {
        name: value if RUBRIC.probes[name].side_effects else data.draw(in_other_containers(value))
        for name, value in asked.items()
    }
    one, two = verdict(criterion, asked), verdict(criterion, other)
    assert (one.outcome, one.points) == (two.outcome, two.points)
    assert (one.misconception, one.variant, one.hints) == (
        two.misconception,
        two.variant,
        two.hints,
    )


@pytest.mark.parametrize(
    ("criterion", "check"), list(by_head()), ids=lambda c: getattr(c, "id", "")
)
@given(data=st.data())
@some
def test_permuted_heads_change_no_points(
    criterion: Criterion, check: Close, data: st.DataObject
) -> None:
    """Permuting the heads in the model, and so in every answer, changes no points."""
    probe = check.probe
    n_heads = heads_of(probe).shape[-1]
    order = data.draw(st.permutations(range(n_heads)))
    answer = data.draw(known_answers())[probe]
    seen = data.draw(st.just(answer) | with_noise(answer))
    moved = verdict(
        criterion,
        {probe: with_heads_moved(seen, order)},
        key=key_with_heads_moved(probe, order),
    )
    plain = verdict(criterion, {probe: seen})
    assert (moved.outcome, moved.points) == (plain.outcome, plain.points)
    assert (moved.misconception, moved.variant) == (plain.misconception, plain.variant)


@given(data=st.data())
@some
def test_scores_belong_to_their_heads(data: st.DataObject) -> None:
    """Permuting the heads in the student's answer alone loses points."""
    criterion, check = data.draw(st.sampled_from(list(by_head())))
    expected, scores = public_key().expected[check.probe], heads_of(check.probe)
    order = data.draw(st.permutations(range(scores.shape[-1])))
    limits = RUBRIC.all_tolerances[check.tolerance].limits(expected, scores)
    assume((np.abs(scores[..., order] - scores) > limits).any())
    found = verdict(criterion, {check.probe: with_heads_moved(expected.value, order)})
    assert found.points < criterion.points


def heads_of(probe: str) -> Scores:
    """Return the reference's scores for a probe."""
    scores = as_numbers(public_key().expected[probe].value)
    assert scores is not None
    return scores


@given(data=st.data())
@some
def test_order_and_repetition_change_nothing(data: st.DataObject) -> None:
    """Judging the same observations again, in any order, gives identical verdicts."""
    seen: dict[str, Observation] = {**data.draw(known_answers())}
    for criterion in data.draw(st.lists(st.sampled_from(RUBRIC.criteria), max_size=3)):
        seen |= data.draw(notebooks(criterion))
    names = data.draw(st.permutations(sorted(seen)))
    verdicts = judge_of(seen).verdicts()
    assert judge_of({name: seen[name] for name in names}).verdicts() == verdicts
    assert judge_of(seen).verdicts() == verdicts
    assert [v.id for v in verdicts] == [c.id for c in RUBRIC.criteria]


@by_criterion
def test_the_reference_earns_everything(criterion: Criterion) -> None:
    """The reference's answers pass, whatever was lost before."""
    for earlier in ({}, lost(criterion)):
        found = verdict(criterion, right(), earlier=earlier)
        assert (found.outcome, found.points, found.followed) == ("passed", criterion.points, False)
