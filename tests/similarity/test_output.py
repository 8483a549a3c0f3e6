"""Tables for a spreadsheet, and what is right by the answer key."""

import csv
import io
from dataclasses import replace

import pytest

from grader.answer_key.model import AnswerKey
from grader.batch.wrong_answers import Answer, Cluster, Row, row_of
from grader.similarity.compare import Alike, Pair, study
from grader.similarity.output import clusters_csv, pairs_csv
from tests.builders import answer_key, array
from tests.similarity.course import GIVEN, student

VALUE = array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.5])
NAMES = {"=ann": "Ann\tA", "bob": '@SUM("x")'}
CLUSTER = Cluster(
    function="f",
    students=("=ann", "bob"),
    criteria=("c", "d"),
    probes=("p", "q"),
    numbers=12,
    known=(),
)
PAIR = Pair(
    students=("=ann", "bob"), shares=(0.5, 1.0), functions=(Alike(name="f", shares=(1.0, 0.875)),)
)


def rows(text: str) -> list[dict[str, str]]:
    """A table, read back."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_pair_is_a_row() -> None:
    """Known mistakes explain themselves: only others are counted beside a pair."""
    known = replace(CLUSTER, known=("off_by_one",))
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


def test_a_cluster_is_a_row_for_each_student() -> None:
    """So that it can be filtered by student as well as by cluster."""
    found = rows(clusters_csv([replace(CLUSTER, known=("off_by_one",))], NAMES))
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
def test_what_the_key_has_as_right_is_no_mistake(key: AnswerKey | None, groups: int) -> None:
    """The reference's answer or an accepted variant's, though nobody passed the criterion."""
    row: Row | None = row_of(VALUE)
    assert row is not None
    answer = Answer(
        student="", function="f", probe="p", criteria=("c",), known=frozenset(), row=row
    )
    class_ = [
        replace(student(name, []), wrong=(replace(answer, student=name),))
        for name in ("ann", "bob")
    ]
    assert len(study(class_, GIVEN, key, at_least=0.8).clusters) == groups
