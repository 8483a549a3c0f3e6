"""Whose code is alike: every two students, function by function and all together. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from grader.answer_key.model import AnswerKey
from grader.batch.wrong_answers import Cluster, clusters, right_rows
from grader.similarity.fingerprints import Fingerprint, fingerprint, joined, share, tokens, without
from grader.similarity.handout import Handout
from grader.similarity.load import Student

# MERGED: A whole class looked at: from what is kept of each student to what is alike.
LEAST_FUNCTION, LEAST_TOGETHER = 70, 150
"""Tokens below which code cannot tell: there are few ways to write it."""
LEAST_CLASS = 10
"""Students below which nothing counts as common to all: three who share something are a group."""
Prints = Mapping[str, Fingerprint]
"""A student's functions, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A function that two students both have."""

    name: str
    shares: tuple[float, float]
    """Of the first one's in the second one's, and of the second one's in the first one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two students whose code is alike."""

    students: tuple[str, str]
    shares: tuple[float, float]
    """Of all the code of the first that is in the second one's, and the other way round."""
    functions: tuple[Alike, ...]
    """Those that are alike on their own."""

    @property
    def most(self) -> float:
        """The larger of the two shares."""
        return max(self.shares)


def common_runs(students: Iterable[Prints]) -> frozenset[int]:
    """The runs of tokens that more than half of a class have: nobody's in particular."""
    everyone = [{run for one in prints.values() for run in one.places} for prints in students]
    if len(everyone) < LEAST_CLASS:
        return frozenset()
    counted = Counter(run for runs in everyone for run in runs)
    return frozenset(run for run, times in counted.items() if 2 * times > len(everyone))


def stripped(prints: Prints, runs: AbstractSet[int]) -> Prints:
    """A student's functions without runs that say nothing."""
    return {name: without(one, runs) for name, one in prints.items()}


def pairs(students: Mapping[str, Prints], *, at_least: float) -> tuple[Pair, ...]:
    """Every two students whose code, or a function of whose, is alike; the most alike first.

    Args:
        students: Their functions, by the students' keys; what says nothing is left out already.
        at_least: Share of one's code in the other's from which on they count as alike.
    """
    everything = {key: joined(prints.values()) for key, prints in students.items()}
    found: list[Pair] = []
    for one, other in combinations(sorted(students), 2):
        shares = _both(everything[one], everything[other], LEAST_TOGETHER)
        functions = _functions(students[one], students[other], at_least)
        if functions or max(shares) >= at_least:
            found.append(Pair(students=(one, other), shares=shares, functions=functions))
    return tuple(sorted(found, key=lambda p: (-p.most, -sum(p.shares), p.students)))


def _functions(one: Prints, other: Prints, at_least: float) -> tuple[Alike, ...]:
    """The functions of one name that are alike."""
    names = sorted(one.keys() & other.keys())
    both = (Alike(name=n, shares=_both(one[n], other[n], LEAST_FUNCTION)) for n in names)
    return tuple(alike for alike in both if max(alike.shares) >= at_least)


def _both(one: Fingerprint, other: Fingerprint, least: int) -> tuple[float, float]:
    """How much of each is in the other; nothing of code that is too short to tell."""
    if min(one.size, other.size) < least:
        return 0.0, 0.0
    return share(one, other), share(other, one)


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
