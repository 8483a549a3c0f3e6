"""``grade similarity``: lists students with similar code or identical wrong answers.

The list is for a person to look into; no points change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from grader.answer_key.find import shipped_key
from grader.cli.grade_folder import print_warning
from grader.cli.results_folder import open_results
from grader.errors import GraderError
from grader.files.atomic_write import write_atomically
from grader.files.escape import escape_text, printable
from grader.rubric.load import RubricFile, load_rubric
from grader.similarity.compare import (
    SimilarityReport,
    compare_students,
    distinctive_code,
    find_pairs,
)
from grader.similarity.handout import Handout, notebook_cells, read_handout, template_cells
from grader.similarity.load import StudentCode, load_student
from grader.similarity.output import (
    MAX_SHOWN_ROWS,
    clusters_csv,
    pairs_csv,
    render_side_by_side,
    render_similarity,
    student_label,
)

PAIRS, CLUSTERS = "similarity.csv", "clusters.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityRequest:
    """Options of ``grade similarity``."""

    min_similarity: float
    starter_code: tuple[Path, ...] = ()
    """Notebooks that were handed out besides the template."""
    output: Path | None = None
    compare: tuple[str, str] | None = None


def show_similarity(folder: Path, *, rubric: str | None, request: SimilarityRequest) -> None:
    """Compare all students of a results folder, or show two of them side by side.

    Raises:
        GraderError: The folder has no results, or files cannot be written.
    """
    console, stderr = Console(), Console(stderr=True)
    results, info = open_results(folder)
    file = _load_rubric(info, rubric, stderr)
    given = _starter_code(file, request.starter_code, stderr)
    with stderr.status("Reading…"):
        ended = sorted(results.results(), key=lambda result: result.student)
        students = [load_student(r, results, file.rubric, given.names) for r in ended]
    names = {student.key: student.name for student in students}
    _print_warnings(students, names, stderr)
    if request.compare is not None:
        _compare(request.compare, students, given, request.min_similarity, console)
        return
    with stderr.status("Comparing…"):
        found = compare_students(
            students, given, shipped_key(file), min_similarity=request.min_similarity
        )
    console.print(render_similarity(found, names, min_similarity=request.min_similarity))
    if request.output is not None:
        _write(request.output, found, names)
        for name in (PAIRS, CLUSTERS):
            console.print(Text(escape_text(str(request.output / name))), soft_wrap=True)


def _load_rubric(info: Mapping[str, Any], rubric: str | None, stderr: Console) -> RubricFile:
    """Load the rubric that is named, or the one of the batch's lab."""
    batch_rubric = info.get("rubric") or {}
    file = load_rubric(rubric or batch_rubric.get("lab"))
    if file.sha256 != batch_rubric.get("sha256"):
        print_warning(
            "The batch was graded by another rubric than this: name it with --rubric.", stderr
        )
    return file


def _starter_code(file: RubricFile, others: Sequence[Path], stderr: Console) -> Handout:
    """Read the code that every student was given."""
    template = template_cells(file.rubric.lab, file.rubric)
    if template is None and not others:
        print_warning(
            "The lab's template is not installed here: name what you handed out with "
            "--starter-code.",
            stderr,
        )
    more = [cell for path in others for cell in notebook_cells(path, file.rubric)]
    return read_handout([*(template or ()), *more], file.rubric)


def _print_warnings(
    students: Sequence[StudentCode], names: Mapping[str, str], stderr: Console
) -> None:
    """Print the first warnings about students whose code could not be read."""
    lines = [
        f"{student_label(s.key, names)}: {escape_text(t)}" for s in students for t in s.problems
    ]
    for text in lines[:MAX_SHOWN_ROWS]:
        print_warning(text, stderr)
    if len(lines) > MAX_SHOWN_ROWS:
        print_warning(f"and {len(lines) - MAX_SHOWN_ROWS} more warnings", stderr)


def _compare(
    keys: tuple[str, str],
    students: Sequence[StudentCode],
    given: Handout,
    min_similarity: float,
    console: Console,
) -> None:
    names = {student.key: student.name for student in students}
    for key in keys:
        if key not in names:
            listed = ", ".join(escape_text(s.key) for s in students[:5])
            raise GraderError(
                f"Nobody is called {escape_text(key)!r}: give a student's key, such as {listed}."
            )
    prints = distinctive_code(students, given).fingerprints
    found = find_pairs({key: prints.get(key, {}) for key in keys}, min_similarity=min_similarity)
    if not found:
        console.print(
            "They have no similar functions. --min-similarity 0 shows every function that is long "
            "enough to compare.",
            highlight=False,
        )
        return
    by_key = {student.key: student.code.functions for student in students}
    both = [by_key[key] for key in found[0].students]
    console.print(render_side_by_side(found[0], both, names))


def _write(folder: Path, found: SimilarityReport, names: Mapping[str, str]) -> None:
    tables = {
        PAIRS: pairs_csv(found.pairs, found.clusters, names),
        CLUSTERS: clusters_csv(found.clusters, names),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in tables.items():
            write_atomically(folder / name, text.encode())
    except OSError as error:
        raise GraderError(
            f"Cannot write to {printable(str(folder))}: {error.strerror or error}. "
            "Give another folder."
        ) from error
