"""Sample classes, built from solutions that two authors wrote independently."""

import ast
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from grader.batch.results.observations import encode_run
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import (
    BATCH_FILE,
    EXECUTED_FILE,
    STORED_RUN_FILE,
    ResultsStore,
    report_files,
)
from grader.protocol.values import Observation
from grader.rubric.load import RubricFile, load_rubric
from grader.similarity.handout import Handout, read_handout, template_cells
from grader.similarity.load import StudentCode
from grader.similarity.normalise import read_code
from tests.batch.stored_runs import Course
from tests.notebooks import notebook

LAB = load_rubric(None)
HELD_OUT = Path(__file__).parents[1] / "held_out"


def lab_handout() -> Handout:
    """Read the lab's template."""
    return read_handout(template_cells(LAB.rubric.lab, LAB.rubric) or (), LAB.rubric)


HANDOUT = lab_handout()


@cache
def solutions(file: str) -> dict[str, list[str]]:
    """Return the solutions in a file by function, renamed as a student's would be."""
    found: dict[str, list[str]] = defaultdict(list)
    text = (HELD_OUT / f"{file}.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and "__" in node.name:
            source, name = ast.get_source_segment(text, node) or "", node.name.partition("__")[0]
            found[name].append(source.replace(f"def {node.name}(", f"def {name}(", 1))
    return found


def notebook_of(file: str, index: int = 0) -> list[str]:
    """Return the cells of a student who solved every function as one author did."""
    return [several[index % len(several)] for several in solutions(file).values()]


def student(key: str, cells: Sequence[str]) -> StudentCode:
    """Build a student with this code."""
    return StudentCode(key=key, name="", code=read_code(cells, HANDOUT.names))


def write_results(
    folder: Path, cells: Mapping[str, Sequence[str]], file: RubricFile = LAB, **names: str
) -> ResultsStore:
    """Write a results folder of notebooks that have run, without reports.

    Args:
        cells: Each student's code.
        **names: Students' names by key.
    """
    results = ResultsStore(folder)
    with results.lock():
        about = {"lab": file.rubric.lab, "sha256": file.sha256}
        results.write_batch_file(BATCH_FILE, json.dumps({"rubric": about, "seed": 0}).encode())
        for key, sources in cells.items():
            data = json.dumps(notebook(sources)).encode()
            results.save(result(key, names.get(key, ""), {EXECUTED_FILE: data}))
    return results


def add_answers(
    results: ResultsStore, course: Course, answers: Mapping[str, Observation], key: str
) -> None:
    """Store the values that a student's functions returned, and the report."""
    stored, report = course.graded(answers)
    for name, data in {**report_files(report), STORED_RUN_FILE: encode_run(stored)}.items():
        results.rewrite_student_file(key, name, data)


def result(key: str, name: str = "", files: Mapping[str, bytes] | None = None) -> SubmissionResult:
    """Build the result of a graded submission."""
    return SubmissionResult(
        student=key, name=name, notebook="x.ipynb", state="graded", config_sha256="x",
        files=files or {},
    )  # fmt: skip
