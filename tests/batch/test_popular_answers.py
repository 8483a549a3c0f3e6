"""Popular wrong answers: when many students share one, the rubric is in doubt."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.answer_key.model import AnswerKey
from grader.batch.gradebook import GradebookRow
from grader.batch.popular_answers import (
    PopularAnswer,
    doubtful_criteria,
    find_popular_answers,
    is_popular,
    largest_groups,
    summarize_value,
)
from grader.batch.results.observations import encode_run
from grader.batch.results.store import STORED_RUN_FILE, ResultsStore, report_files
from grader.batch.wrong_answers import IdenticalAnswers
from grader.protocol.values import Failure, NoneValue, Observation, TextValue
from grader.report.model import Report
from tests.batch.stored_runs import MINI, RIGHT
from tests.builders import array, number, parts, table, tensor, verdict
from tests.similarity.course import result

ODD: Mapping[str, Observation] = {**RIGHT, "plain": number(7.25)}
LESS: Mapping[str, Observation] = {**RIGHT, "plain": number(8.5)}
KNOWN: Mapping[str, Observation] = {**RIGHT, "mark": number(5.5), "given": number(3.0)}


def find(
    folder: Path, answers: Sequence[Mapping[str, Observation]], key: AnswerKey | None = None
) -> tuple[PopularAnswer, ...]:
    """Find the popular answers of a class in which each student gave one of these."""
    store, rows = ResultsStore(folder), []
    with store.lock():
        for i, of_student in enumerate(answers):
            stored, report = MINI.graded(of_student)
            files = {**report_files(report), STORED_RUN_FILE: encode_run(stored)}
            store.save(result(f"s{i}", files=files))
            rows.append(row(f"s{i}", report))
    return find_popular_answers(rows, store, MINI.file.rubric, key)


def row(student: str, report: Report) -> GradebookRow:
    """Build a graded submission's row."""
    return GradebookRow(
        student=student, name="", notebook="", state="graded", report=report, lateness=None
    )


def test_three_in_ten_with_one_value_are_found(tmp_path: Path) -> None:
    """A value that three of ten students share is found, with their keys."""
    found = find(tmp_path, [*[ODD] * 3, *[LESS] * 2, *[RIGHT] * 5])
    assert found == (
        PopularAnswer(
            function="v", value="7.25", students=("s0", "s1", "s2"), judged=10, criteria=("plain",)
        ),
    )


@pytest.mark.parametrize("answers", [[*[ODD] * 2, RIGHT], [*[ODD] * 3, *[RIGHT] * 13], [LESS] * 0])
def test_fewer_are_no_reason(tmp_path: Path, answers: list[Mapping[str, Observation]]) -> None:
    """A value that too few students share, in number or as a fraction, is not found."""
    assert find(tmp_path, answers) == ()


def test_a_known_mistake_explains_itself(tmp_path: Path) -> None:
    """A known mistake is not found, however many students make it."""
    assert MINI.graded(KNOWN)[1].verdicts[1].misconception == "marked"
    assert find(tmp_path, [*[KNOWN] * 4, RIGHT]) == ()


def test_what_the_key_calls_right_is_no_wrong_value(tmp_path: Path) -> None:
    """A correct answer is not found, even if everyone lost the criterion by another probe."""
    wrong = {**RIGHT, "first": array([[9.5, 1.0], [2.0, 3.0]])}
    (found,) = find(tmp_path, [wrong] * 4, MINI.key)
    assert (found.function, found.criteria, found.judged) == ("f", ("first",), 4)
    assert found.value == "an array of shape [2, 2]: 9.5, 1, 2, 3"


def test_a_damaged_file_costs_nobody_else(tmp_path: Path) -> None:
    """A student with a damaged file is left out."""
    answers = [ODD] * 4
    find(tmp_path, answers)
    (tmp_path / "s3" / STORED_RUN_FILE).write_bytes(b"PK")
    rows = [row(f"s{i}", MINI.graded(ODD)[1]) for i in range(4)]
    (found,) = find_popular_answers(rows, ResultsStore(tmp_path), MINI.file.rubric, None)
    assert (found.students, found.judged) == (("s0", "s1", "s2"), 4)


def test_only_what_many_lose_without_a_name_is_looked_at() -> None:
    """Only wrong answers without a known mistake count; blocked criteria are not judged."""
    odd = [verdict(outcome="failed"), verdict(outcome="partial"), verdict(outcome="errored")]
    named = verdict(outcome="failed", misconception="transposed")
    for more, judged in (([], 3), ([verdict(outcome="blocked")] * 9, 3), ([named] * 9, 12)):
        assert doubtful_criteria([[v] for v in (*odd, *more)]) == {"scores": judged}
    assert doubtful_criteria([[named]] * 9) == {}
    assert doubtful_criteria([[verdict(outcome="not_attempted")]] * 9) == {}


def test_a_group_within_another_is_told_once() -> None:
    """A group contained in another one of the same function is left out."""
    whole, part = identical("f", "abcd"), identical("f", "abc")
    other = identical("g", "abc")
    assert largest_groups([part, other, whole]) == (whole, other)
    assert is_popular(whole, {"c": 20})
    assert not is_popular(whole, {"c": 21})


def identical(function: str, students: str) -> IdenticalAnswers:
    """Build a group of students, one a letter."""
    return IdenticalAnswers(
        function=function, students=tuple(students), criteria=("c",), probes=("p",), numbers=1,
        known_mistakes=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (number(0.123456789), "0.123457"),
        (tensor(2), "2"),
        (array([math.nan, 1.0]), "an array of shape [2]: nan, 1"),
        (array([float(i) for i in range(9)]), "an array of shape [9]: 0, 1, 2, 3, 4, 5, …"),
        (array([]), "an array of shape [0]: empty"),
        (tensor(True, False, dtype="bool"), "a tensor of shape [2]: 1, 0"),
        (parts(number(1), number(2)), "a tuple of 2: 1, 2"),
        (table(loss=number(1.5)), "a dict of 1: loss 1.5"),
        (TextValue(text="<b>"), "a string"),
        (NoneValue(), "None"),
        (Failure(kind="timed_out"), "timed out"),
    ],
)
def test_a_value_in_short(value: Observation, expected: str) -> None:
    """A value is summarised by its kind and its first numbers; a string only by its kind."""
    assert summarize_value(value) == expected


def test_what_follows_from_another_mistake_is_no_reason() -> None:
    """An answer that follows from an earlier mistake gives no doubt."""
    lost = verdict(outcome="partial", points=2.5)
    assert doubtful_criteria([[lost]] * 3) == {"scores": 3}
    assert doubtful_criteria([[replace(lost, followed=True)]] * 3) == {}
