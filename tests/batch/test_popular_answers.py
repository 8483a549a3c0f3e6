"""Wrong values that many share: when the rubric is to be doubted, and when it is not."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.answer_key.model import AnswerKey
from grader.batch.gradebook import Entry
from grader.batch.popular_answers import (
    SharedWrong,
    doubtful_criteria,
    in_short,
    is_many,
    largest,
    shared_wrong,
)
from grader.batch.results.observations import to_npz
from grader.batch.results.record import Record
from grader.batch.results.store import STORED, Results, pages_of
from grader.batch.wrong_answers import Cluster
from grader.protocol.values import Failure, Nothing, Observation, Text
from tests.batch.stored_runs import MINI, RIGHT
from tests.builders import array, number, parts, table, tensor, verdict
from tests.similarity.course import record

ODD: Mapping[str, Observation] = {**RIGHT, "plain": number(7.25)}
LESS: Mapping[str, Observation] = {**RIGHT, "plain": number(8.5)}
KNOWN: Mapping[str, Observation] = {**RIGHT, "mark": number(5.5), "given": number(3.0)}


def found_in(
    folder: Path, answers: Sequence[Mapping[str, Observation]], key: AnswerKey | None = None
) -> tuple[SharedWrong, ...]:
    """What is found in a class that gave these answers."""
    results, entries = Results(folder), []
    with results.held():
        for i, own in enumerate(answers):
            stored, report = MINI.graded(own)
            made: Record = record(f"s{i}", "")
            results.keep(made, {**pages_of(report), STORED: to_npz(stored)})
            entries.append(
                Entry(
                    student=f"s{i}", name="", notebook="", state="graded", report=report,
                    lateness=None,
                )
            )  # fmt: skip
    return shared_wrong(entries, results, MINI.file.rubric, key)


def test_three_in_ten_with_one_value_are_found(tmp_path: Path) -> None:
    """With the value, who gave it, and of how many."""
    found = found_in(tmp_path, [*[ODD] * 3, *[LESS] * 2, *[RIGHT] * 5])
    assert found == (
        SharedWrong(
            function="v", value="7.25", students=("s0", "s1", "s2"), judged=10, criteria=("plain",)
        ),
    )


@pytest.mark.parametrize("answers", [[*[ODD] * 2, RIGHT], [*[ODD] * 3, *[RIGHT] * 13], [LESS] * 0])
def test_fewer_are_no_reason(tmp_path: Path, answers: list[Mapping[str, Observation]]) -> None:
    """Two of three, three of sixteen, and nobody."""
    assert found_in(tmp_path, answers) == ()


def test_a_known_mistake_explains_itself(tmp_path: Path) -> None:
    """However many make it: its name is in their reports."""
    assert MINI.graded(KNOWN)[1].verdicts[1].misconception == "marked"
    assert found_in(tmp_path, [*[KNOWN] * 4, RIGHT]) == ()


def test_what_the_key_calls_right_is_no_wrong_value(tmp_path: Path) -> None:
    """Where nobody passes, a criterion's other probe may be what all lose it by."""
    wrong = {**RIGHT, "first": array([[9.5, 1.0], [2.0, 3.0]])}
    (found,) = found_in(tmp_path, [wrong] * 4, MINI.key)
    assert (found.function, found.criteria, found.judged) == ("f", ("first",), 4)
    assert found.value == "an array of shape [2, 2]: 9.5, 1, 2, 3"


def test_a_damaged_file_costs_nobody_else(tmp_path: Path) -> None:
    """Whoever it is of is left out; it is named where results are scored again."""
    answers = [ODD] * 4
    found_in(tmp_path, answers)
    (tmp_path / "s3" / STORED).write_bytes(b"PK")
    entries = [
        Entry(student=f"s{i}", name="", notebook="", state="graded", report=MINI.graded(ODD)[1],
              lateness=None) for i in range(4)
    ]  # fmt: skip
    (found,) = shared_wrong(entries, Results(tmp_path), MINI.file.rubric, None)
    assert (found.students, found.judged) == (("s0", "s1", "s2"), 4)


def test_only_what_many_lose_without_a_name_is_looked_at() -> None:
    """Blocked is not judged, and not attempted is not wrong."""
    odd = [verdict(outcome="failed"), verdict(outcome="partial"), verdict(outcome="errored")]
    named = verdict(outcome="failed", misconception="transposed")
    for more, judged in (([], 3), ([verdict(outcome="blocked")] * 9, 3), ([named] * 9, 12)):
        assert doubtful_criteria([[v] for v in (*odd, *more)]) == {"scores": judged}
    assert doubtful_criteria([[named]] * 9) == {}
    assert doubtful_criteria([[verdict(outcome="not_attempted")]] * 9) == {}


def test_a_group_within_another_is_told_once() -> None:
    """Of one function; the same students may have two functions wrong."""
    whole, part = cluster("f", "abcd"), cluster("f", "abc")
    other = cluster("g", "abc")
    assert largest([part, other, whole]) == (whole, other)
    assert is_many(whole, {"c": 20})
    assert not is_many(whole, {"c": 21})


def cluster(function: str, students: str) -> Cluster:
    """A group of these."""
    return Cluster(
        function=function, students=tuple(students), criteria=("c",), probes=("p",), numbers=1,
        known=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (number(0.123456789), "0.123457"),
        (tensor(2), "2"),
        (array([math.nan, 1.0]), "an array of shape [2]: nan, 1"),
        (array([float(i) for i in range(9)]), "an array of shape [9]: 0, 1, 2, 3, 4, 5, …"),
        (array([]), "an array of shape [0]: empty"),
        (tensor(True, False, dtype="bool"), "a tensor of shape [2]: 1, 0"),
        (parts(number(1), number(2)), "a tuple of 2: 1, 2"),
        (table(loss=number(1.5)), "a dict of 1: loss 1.5"),
        (Text(text="<b>"), "a string"),
        (Nothing(), "None"),
        (Failure(kind="timed_out"), "timed out"),
    ],
)
def test_a_value_in_short(value: Observation, said: str) -> None:
    """What it is and how it begins; a string is only called one."""
    assert in_short(value) == said


def test_what_follows_from_another_mistake_is_no_reason() -> None:
    """Its cause is charged where it was made: many who share that share what comes of it."""
    lost = verdict(outcome="partial", points=2.5)
    assert doubtful_criteria([[lost]] * 3) == {"scores": 3}
    assert doubtful_criteria([[replace(lost, followed=True)]] * 3) == {}
