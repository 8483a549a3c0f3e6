"""Solutions nobody had in mind: each right one keeps every point, each wrong one loses some."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import tests.held_out
from grader.answer_key.find import shipped_key
from grader.answer_key.model import AnswerKey
from grader.execution.job import ProbeToRun, instrument
from grader.execution.result import Execution
from grader.execution.run import run_job
from grader.judging.judge import Judge
from grader.protocol.values import Failure
from grader.report.model import Verdict
from grader.rubric.load import find_rubric
from grader.submission.source import defined_names
from tests.builders import submission
from tests.notebooks import function_cells

pytestmark = pytest.mark.kernel

FILE = find_rubric(None)
RUBRIC = FILE.rubric.without_hidden()
DRAWS = "compute_prev_token_scores__"
SEEDS = range(101, 111)
FOLDER = Path(tests.held_out.__file__).parent
FILES = sorted(FOLDER.glob("*_right.py")) + sorted(FOLDER.glob("*_wrong.py"))


def names_in(file: Path) -> list[str]:
    """The solutions in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and "__" in n.name]


def solutions(which: str) -> list[str]:
    """The names of the right or the wrong ones, of all files."""
    return [name for file in FILES if file.stem.endswith(which) for name in names_in(file)]


def probes(name: str, plain: tuple[ProbeToRun, ...]) -> Iterator[ProbeToRun]:
    """The probes of a solution's function, answered by the solution."""
    function = name.partition("__")[0]
    for probe in plain:
        if probe.function == function:
            yield replace(probe, id=f"{name}/{probe.id}", bind={function: name})


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    """The key that ships."""
    shipped = shipped_key(FILE)
    assert shipped is not None
    return shipped


@pytest.fixture(scope="module")
def execution(key: AnswerKey) -> Execution:
    """All solutions in one kernel, each asked what its function is asked."""
    sources = [*function_cells(), *(file.read_text(encoding="utf-8") for file in FILES)]
    job = instrument(submission(*sources), RUBRIC, key.recordings, device="cpu", seed=0).job
    names = [name for file in FILES for name in names_in(file)]
    asked = [probe for name in names for probe in probes(name, job.probes)]
    drawing = [probe for name in names if DRAWS in name for probe in probes(name, job.probes)]
    asked += [
        replace(probe, id=f"{seed}/{probe.id}", seed=seed) for seed in SEEDS for probe in drawing
    ]
    return run_job(replace(job, probes=tuple(asked)), lambda _frame: None)


def verdicts(name: str, key: AnswerKey, execution: Execution, prefix: str = "") -> list[Verdict]:
    """The verdicts on a solution's function, everything else being the reference's."""
    given = {probe: expected.value for probe, expected in key.expected.items()}
    mine = {
        probe.rpartition("/")[2]: observation
        for probe, observation in execution.observations.items()
        if probe.startswith(f"{prefix}{name}/")
    }
    judge = Judge(
        rubric=RUBRIC,
        key=key,
        observations={**given, **mine},
        seconds={},
        names=defined_names([]),
    )
    found = [v for v in judge.verdicts() if v.function == name.partition("__")[0]]
    assert found
    assert mine
    return found


@pytest.mark.parametrize("name", solutions("right"))
def test_a_right_solution_keeps_every_point(
    name: str, key: AnswerKey, execution: Execution
) -> None:
    """No false reject."""
    lost = {v.id: v.feedback for v in verdicts(name, key, execution) if v.points < v.max_points}
    assert lost == {}


@pytest.mark.parametrize("name", solutions("wrong"))
def test_a_wrong_solution_loses_points(name: str, key: AnswerKey, execution: Execution) -> None:
    """No false accept, and every criterion it loses says something."""
    lost = [v for v in verdicts(name, key, execution) if v.points < v.max_points]
    assert lost
    assert all(verdict.feedback for verdict in lost)


@pytest.mark.parametrize(
    "name", [name for which in ("right", "wrong") for name in solutions(which) if DRAWS in name]
)
def test_ten_seeds_give_the_same_verdicts(name: str, key: AnswerKey, execution: Execution) -> None:
    """A function that draws its own inputs is judged the same whatever it draws."""
    found = {
        tuple((v.id, v.outcome, v.points) for v in verdicts(name, key, execution, f"{seed}/"))
        for seed in SEEDS
    }
    assert len(found) == 1


def test_there_are_twenty_of_each(execution: Execution) -> None:
    """Each file holds as many, no name comes twice, and every cell ran."""
    assert {len(names_in(file)) for file in FILES} == {20}
    assert len({name for file in FILES for name in names_in(file)}) == 20 * len(FILES)
    assert {cell.status for cell in execution.cells} == {"ok"}
    assert not any(
        isinstance(o, Failure) and o.kind == "missing" for o in execution.observations.values()
    )
