"""Classes made up from solutions that different authors wrote, and copies of them in disguise."""

import ast
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from grader.batch.discovery.submission import Found, HandedIn
from grader.batch.results.observations import to_npz
from grader.batch.results.record import Finished, Record
from grader.batch.results.store import BATCH, EXECUTED, STORED, Results, pages_of
from grader.protocol.values import Observation
from grader.rubric.load import RubricFile, find_rubric
from grader.similarity.handout import Handout, handout, template_of
from grader.similarity.load import Student
from grader.similarity.normalise import code_of
from tests.batch.stored_runs import Course
from tests.notebooks import notebook

LAB = find_rubric(None)
HELD_OUT = Path(__file__).parents[1] / "held_out"


def given() -> Handout:
    """What the lab hands out."""
    return handout(template_of(LAB.rubric.lab, LAB.rubric) or (), LAB.rubric)


GIVEN = given()


@cache
def solutions(file: str) -> dict[str, list[str]]:
    """The solutions in a file, by the lab's function: each has its name, as a student's has."""
    found: dict[str, list[str]] = defaultdict(list)
    text = (HELD_OUT / f"{file}.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and "__" in node.name:
            source, name = ast.get_source_segment(text, node) or "", node.name.partition("__")[0]
            found[name].append(source.replace(f"def {node.name}(", f"def {name}(", 1))
    return found


def notebook_of(file: str, which: int = 0) -> list[str]:
    """The cells of a student who solved every function as one author did."""
    return [several[which % len(several)] for several in solutions(file).values()]


def student(key: str, cells: Sequence[str]) -> Student:
    """A student with this code."""
    return Student(key=key, name="", code=code_of(cells, GIVEN.names))


def kept(
    folder: Path, cells: Mapping[str, Sequence[str]], file: RubricFile = LAB, **names: str
) -> Results:
    """A results folder of notebooks that have run, nothing of which was judged.

    Args:
        folder: Where to.
        cells: Each student's code.
        file: The rubric.
        **names: Of students, by key.
    """
    results = Results(folder)
    with results.held():
        about = {"lab": file.rubric.lab, "sha256": file.sha256}
        results.write(BATCH, json.dumps({"rubric": about, "seed": 0}).encode())
        for key, sources in cells.items():
            data = json.dumps(notebook(sources)).encode()
            results.keep(record(key, names.get(key, "")), {EXECUTED: data})
    return results


def answered(
    results: Results, course: Course, answers: Mapping[str, Observation], key: str
) -> None:
    """Keep what a student's functions returned, and its report."""
    stored, report = course.graded(answers)
    for name, data in {**pages_of(report), STORED: to_npz(stored)}.items():
        results.replace(key, name, data)


def record(key: str, name: str) -> Record:
    """Of a submission that was graded."""
    found = Found(student=key, name=name, notebook=Path("x.ipynb"))
    return Record.of(HandedIn(found=found), Finished(state="graded"), graded_by="x")
