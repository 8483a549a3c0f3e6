"""Compares every two students' code, function by function and as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from grader.answer_key.model import AnswerKey
from grader.batch.wrong_answers import IdenticalAnswers, correct_vectors, group_identical
from grader.similarity.fingerprints import (
    Fingerprint,
    concatenate,
    containment,
    fingerprint,
    subtract,
    token_sequence,
)
from grader.similarity.handout import Handout
from grader.similarity.load import StudentCode

MIN_FUNCTION_TOKENS, MIN_TOTAL_TOKENS = 70, 150
"""Minimum size of a function and of all code: shorter code can be written in few ways."""
MIN_CLASS_SIZE = 10
"""Smallest class in which code counts as common; three students who share code are a group."""

Fingerprints = Mapping[str, Fingerprint]
"""Fingerprints of a student's functions, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarFunction:
    """A function that two students have in common."""

    name: str
    shares: tuple[float, float]
    """Fraction of the first student's function contained in the second's, and vice versa."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPair:
    """Two students with similar code."""

    students: tuple[str, str]
    shares: tuple[float, float]
    """Fraction of all the first student's code contained in the second's, and vice versa."""
    functions: tuple[SimilarFunction, ...]
    """Functions that are similar on their own."""

    @property
    def largest_share(self) -> float:
        """The larger of the two fractions."""
        return max(self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctiveCode:
    """Every student's code without the handout and without what the class has in common."""

    fingerprints: Mapping[str, Fingerprints]
    """Fingerprints by student; students without code are left out."""
    common: float
    """Fraction of the class's code that was left out because most students have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityReport:
    """The result of comparing a class."""

    compared: int
    """Number of students with code of their own."""
    pairs: tuple[SimilarPair, ...]
    clusters: tuple[IdenticalAnswers, ...]
    """Groups of students with identical wrong answers."""
    common: float
    """Fraction of the class's code that was left out because most students have it."""


def compare_students(
    students: Sequence[StudentCode],
    handout: Handout,
    key: AnswerKey | None,
    *,
    min_similarity: float,
) -> SimilarityReport:
    """Compare all students of a class; their order does not matter.

    Args:
        students: The class.
        handout: Code that was handed out, which is left out.
        key: The answer key, if there is one, to tell right answers from wrong ones.
        at_least: Minimum fraction of contained code for a pair or function to be reported.
    """
    code = distinctive_code(students, handout)
    right = correct_vectors((pair for student in students for pair in student.right_answers), key)
    return SimilarityReport(
        compared=len(code.fingerprints),
        pairs=find_pairs(code.fingerprints, min_similarity=min_similarity),
        clusters=group_identical((a for s in students for a in s.wrong_answers), right),
        common=code.common,
    )


def distinctive_code(students: Sequence[StudentCode], handout: Handout) -> DistinctiveCode:
    """Remove the handout, and what more than half of the class has, from every student's code."""
    by_student = {s.key: _without(_fingerprints(s), handout.kgrams) for s in students}
    by_student = {key: prints for key, prints in by_student.items() if _size(prints)}
    kgrams = common_kgrams(by_student.values())
    remaining = {key: _without(prints, kgrams) for key, prints in by_student.items()}
    before = sum(map(_size, by_student.values()))
    common = 1 - sum(map(_size, remaining.values())) / before if before else 0.0
    return DistinctiveCode(fingerprints=remaining, common=common)


def common_kgrams(students: Iterable[Fingerprints]) -> frozenset[int]:
    """Return the k-grams that more than half of the class have; none in a small class."""
    by_student = [{k for one in prints.values() for k in one.positions} for prints in students]
    if len(by_student) < MIN_CLASS_SIZE:
        return frozenset()
    counts = Counter(kgram for kgrams in by_student for kgram in kgrams)
    return frozenset(kgram for kgram, count in counts.items() if 2 * count > len(by_student))


def find_pairs(
    students: Mapping[str, Fingerprints], *, min_similarity: float
) -> tuple[SimilarPair, ...]:
    """Return the pairs with similar code, or with a similar function, the most similar first.

    Args:
        students: Fingerprints by student, without handout and common code.
        at_least: Minimum fraction of one's code contained in the other's.
    """
    whole = {key: concatenate(prints.values()) for key, prints in students.items()}
    similar: list[SimilarPair] = []
    for one, other in combinations(sorted(students), 2):
        shares = _shares(whole[one], whole[other], MIN_TOTAL_TOKENS)
        functions = _similar_functions(students[one], students[other], min_similarity)
        if functions or max(shares) >= min_similarity:
            similar.append(SimilarPair(students=(one, other), shares=shares, functions=functions))
    return tuple(sorted(similar, key=lambda p: (-p.largest_share, -sum(p.shares), p.students)))


def _similar_functions(
    one: Fingerprints, other: Fingerprints, min_similarity: float
) -> tuple[SimilarFunction, ...]:
    """Return the functions of the same name that are similar."""
    shared = (
        SimilarFunction(name=name, shares=_shares(one[name], other[name], MIN_FUNCTION_TOKENS))
        for name in sorted(one.keys() & other.keys())
    )
    return tuple(function for function in shared if max(function.shares) >= min_similarity)


def _shares(one: Fingerprint, other: Fingerprint, min_tokens: int) -> tuple[float, float]:
    """Return how much of each is contained in the other, or zeros if one is too short."""
    if min(one.size, other.size) < min_tokens:
        return 0.0, 0.0
    return containment(one, other), containment(other, one)


def _fingerprints(student: StudentCode) -> Fingerprints:
    functions = student.code.functions
    return {name: fingerprint(token_sequence(f.normalised)) for name, f in functions.items()}


def _without(prints: Fingerprints, kgrams: AbstractSet[int]) -> Fingerprints:
    return {name: subtract(one, kgrams) for name, one in prints.items()}


def _size(prints: Fingerprints) -> int:
    return sum(one.size for one in prints.values())
