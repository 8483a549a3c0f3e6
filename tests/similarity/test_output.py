"""Tests of the CSV tables, and of right answers by the answer key."""

import csv
import io
from dataclasses import replace

import pytest

from grader.answer_key.model import AnswerKey
from grader.batch.wrong_answers import AnswerVector, IdenticalAnswers, Vector, to_vector
from grader.similarity.compare import SimilarFunction, SimilarPair, compare_students
from grader.similarity.output import clusters_csv, pairs_csv
from tests.builders import answer_key, array
from tests.similarity.course import HANDOUT, student

VALUE = array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.5])
NAMES = {"=ann": "Ann\tA", "bob": '@SUM("x")'}
CLUSTER = IdenticalAnswers(
    function="f",
    students=("=ann", "bob"),
    criteria=("c", "d"),
    probes=("p", "q"),
    numbers=12,
    known_mistakes=(),
)
PAIR = SimilarPair(
    students=("=ann", "bob"),
    shares=(0.5, 1.0),
    functions=(SimilarFunction(name="f", shares=(1.0, 0.875)),),
)


def rows(text: str) -> list[dict[str, str]]:
    """Parse a table."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_pair_is_a_row() -> None:
    """Wrong answers that a known mistake explains are not counted."""
    known = replace(CLUSTER, known_mistakes=("off_by_one",))
    alone = replace(CLUSTER, students=("bob", "eve"))
    assert rows(pairs_csv([PAIR], [CLUSTER, known, alone], NAMES)) == [
        {
            "student_a": "'=ann",
            "name_a": "Ann A",
            "student_b": "bob",
            "name_b": '\'@SUM("x")',
            "share_of_a": "0.5",
            "share_of_b": "1",
            "functions": "f (100%, 88%)",
            "same_wrong_answers": "2",
        }
    ]


def test_a_cluster_is_one_row_per_student() -> None:
    """The table can be filtered by student as well as by cluster."""
    found = rows(clusters_csv([replace(CLUSTER, known_mistakes=("off_by_one",))], NAMES))
    assert [(row.pop("student"), row.pop("name")) for row in found] == [
        ("'=ann", "Ann A"),
        ("bob", '\'@SUM("x")'),
    ]
    assert (
        found
        == [
            {
                "cluster": "1",
                "students": "2",
                "function": "f",
                "criteria": "c; d",
                "probes": "p; q",
                "numbers": "12",
                "known_mistake": "off_by_one",
            }
        ]
        * 2
    )


@pytest.mark.parametrize(
    ("key", "groups"),
    [
        (None, 1),
        (answer_key({"p": array([9.0])}), 1),
        (answer_key({"p": VALUE}), 0),
        (answer_key({}, variants={"as_printed": {"p": VALUE}}), 0),
    ],
)
def test_right_answers_by_the_key_form_no_group(key: AnswerKey | None, groups: int) -> None:
    """The reference's and accepted variants' answers are right even if nobody passed."""
    vector: Vector | None = to_vector(VALUE)
    assert vector is not None
    answer = AnswerVector(
        student="",
        function="f",
        probe="p",
        criteria=("c",),
        known_mistakes=frozenset(),
        vector=vector,
    )
    class_ = [
        replace(student(name, []), wrong_answers=(replace(answer, student=name),))
        for name in ("ann", "bob")
    ]
    assert len(compare_students(class_, HANDOUT, key, min_similarity=0.8).clusters) == groups
