"""A whole class looked at: from what is kept of each student to what is alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.answers import AnswerKey
from grader.batch.answered import right_rows
from grader.batch.clusters import Cluster, clusters
from grader.similarity.fingerprints import fingerprint
from grader.similarity.gathering import Student
from grader.similarity.handout import Handout
from grader.similarity.pairs import Pair, Prints, common_runs, pairs, stripped
from grader.similarity.tokens import tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What is alike in a class."""

    compared: int
    """Students with code of their own."""
    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    common: float
    """As of the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCode:
    """What is left of everyone's code without what says nothing."""

    prints: Mapping[str, Prints]
    """By student; who has no code is not in it."""
    common: float
    """Share of all code that more than half of the class has: it is left out."""


def study(
    students: Sequence[Student], given: Handout, key: AnswerKey | None, *, at_least: float
) -> Study:
    """Compare everyone with everyone; the order of students does not matter.

    Args:
        students: The class.
        given: What everyone began with; it is left out.
        key: What is right, where that is known.
        at_least: Share of one's code in the other's from which on they count as alike.
    """
    code = own_code(students, given)
    right = right_rows((pair for student in students for pair in student.right), key)
    return Study(
        compared=len(code.prints),
        pairs=pairs(code.prints, at_least=at_least),
        clusters=clusters((a for s in students for a in s.wrong), right),
        common=code.common,
    )


def own_code(students: Sequence[Student], given: Handout) -> OwnCode:
    """What of everyone's code is their own.

    Args:
        students: The class.
        given: What everyone began with.
    """
    everyone = {s.key: stripped(_prints(s), given.runs) for s in students}
    everyone = {key: prints for key, prints in everyone.items() if _size(prints)}
    runs = common_runs(everyone.values())
    left = {key: stripped(prints, runs) for key, prints in everyone.items()}
    before = sum(map(_size, everyone.values()))
    common = 1 - sum(map(_size, left.values())) / before if before else 0.0
    return OwnCode(prints=left, common=common)


def _prints(student: Student) -> Prints:
    functions = student.code.functions
    return {name: fingerprint(tokens(function.normal)) for name, function in functions.items()}


def _size(prints: Prints) -> int:
    return sum(one.size for one in prints.values())
