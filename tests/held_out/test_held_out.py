"""Tests that each right held-out solution keeps every point, and each wrong one loses some."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import tests.held_out
from grader.answer_key.find import rubric_with_mistakes, shipped_key
from grader.answer_key.model import AnswerKey
from grader.execution.job import ProbeSpec, prepare_submission
from grader.execution.result import RunResult
from grader.execution.run import run_job
from grader.judging.judge import Judge
from grader.protocol.values import Failure
from grader.report.model import Verdict
from grader.rubric.load import load_rubric
from grader.submission.source import defined_names
from tests.builders import submission
from tests.notebooks import function_cells

pytestmark = pytest.mark.kernel

FILE = load_rubric(None)
RUBRIC = rubric_with_mistakes(FILE).without_hidden()
WITHOUT_SEED = "compute_prev_token_scores__"
SEEDS = range(101, 111)
FOLDER = Path(tests.held_out.__file__).parent
FILES = sorted(FOLDER.glob("*_right.py")) + sorted(FOLDER.glob("*_wrong.py"))


def names_in(file: Path) -> list[str]:
    """Return the names of the solutions in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and "__" in n.name]


def solutions(kind: str) -> list[str]:
    """Return the names of all right or all wrong solutions."""
    return [name for file in FILES if file.stem.endswith(kind) for name in names_in(file)]


def probes(name: str, all_probes: tuple[ProbeSpec, ...]) -> Iterator[ProbeSpec]:
    """Yield the probes of a solution's function, bound to the solution."""
    function = name.partition("__")[0]
    for probe in all_probes:
        if probe.function == function:
            yield replace(probe, id=f"{name}/{probe.id}", bind={function: name})


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    """Return the shipped key."""
    shipped = shipped_key(FILE)
    assert shipped is not None
    return shipped


@pytest.fixture(scope="module")
def execution(key: AnswerKey) -> RunResult:
    """Run all solutions in one kernel, each with its function's probes."""
    sources = [*function_cells(), *(file.read_text(encoding="utf-8") for file in FILES)]
    job = prepare_submission(submission(*sources), RUBRIC, key.recordings, device="cpu", seed=0).job
    names = [name for file in FILES for name in names_in(file)]
    to_run = [probe for name in names for probe in probes(name, job.probes)]
    drawing = [
        probe for name in names if WITHOUT_SEED in name for probe in probes(name, job.probes)
    ]
    to_run += [
        replace(probe, id=f"{seed}/{probe.id}", seed=seed) for seed in SEEDS for probe in drawing
    ]
    return run_job(replace(job, probes=tuple(to_run)), lambda _frame: None)


def verdicts_on(name: str, key: AnswerKey, execution: RunResult, prefix: str = "") -> list[Verdict]:
    """Return the verdicts on a solution's function; all other answers are the reference's."""
    reference = {probe: expected.value for probe, expected in key.expected.items()}
    solution = {
        probe.rpartition("/")[2]: observation
        for probe, observation in execution.observations.items()
        if probe.startswith(f"{prefix}{name}/")
    }
    judge = Judge(
        rubric=RUBRIC,
        key=key,
        observations={**reference, **solution},
        seconds={},
        defined_names=defined_names([]),
    )
    verdicts = [v for v in judge.verdicts() if v.function == name.partition("__")[0]]
    assert verdicts
    assert solution
    return verdicts


@pytest.mark.parametrize("name", solutions("right"))
def test_a_right_solution_keeps_every_point(
    name: str, key: AnswerKey, execution: RunResult
) -> None:
    """A right solution is never rejected."""
    lost = {v.id: v.feedback for v in verdicts_on(name, key, execution) if v.points < v.max_points}
    assert lost == {}


@pytest.mark.parametrize("name", solutions("wrong"))
def test_a_wrong_solution_loses_points(name: str, key: AnswerKey, execution: RunResult) -> None:
    """A wrong solution is never accepted, and every criterion that it loses has feedback."""
    lost = [v for v in verdicts_on(name, key, execution) if v.points < v.max_points]
    assert lost
    assert all(verdict.feedback for verdict in lost)


@pytest.mark.parametrize(
    "name",
    [name for kind in ("right", "wrong") for name in solutions(kind) if WITHOUT_SEED in name],
)
def test_ten_seeds_give_the_same_verdicts(name: str, key: AnswerKey, execution: RunResult) -> None:
    """A function that draws its own inputs gets the same verdicts for every seed."""
    outcomes = {
        tuple((v.id, v.outcome, v.points) for v in verdicts_on(name, key, execution, f"{seed}/"))
        for seed in SEEDS
    }
    assert len(outcomes) == 1


def test_there_are_twenty_of_each(execution: RunResult) -> None:
    """Each file has twenty solutions, all names differ, and every cell ran."""
    assert {len(names_in(file)) for file in FILES} == {20}
    assert len({name for file in FILES for name in names_in(file)}) == 20 * len(FILES)
    assert {cell.status for cell in execution.cells} == {"ok"}
    assert not any(
        isinstance(o, Failure) and o.kind == "missing" for o in execution.observations.values()
    )
