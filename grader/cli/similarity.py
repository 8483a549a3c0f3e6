"""``grade similarity``: whose code and wrong answers are alike."""

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from grader.answer_key.file import write_atomically
from grader.answer_key.find import shipped_key
from grader.batch.results.store import Results
from grader.errors import GraderError
from grader.files.untrusted import shown
from grader.render.escape import plain
from grader.rubric.load import RubricFile, find_rubric
from grader.similarity.compare import Study, own_code, pairs, study
from grader.similarity.handout import Handout, cells_of, handout, template_of
from grader.similarity.load import Student, student_of
from grader.similarity.output import TOP, clusters_csv, label, pairs_csv, screen, side_by_side

# MERGED: ``grade similarity RESULTS``: whose code and wrong answers are alike; no one's points change.
PAIRS, CLUSTERS = "similarity.csv", "clusters.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    at_least: float
    given: tuple[Path, ...] = ()
    """Notebooks that were handed out beside the template."""
    output: Path | None = None
    compare: tuple[str, str] | None = None


def show_similarity(folder: Path, *, rubric: str | None, wanted: Wanted) -> None:
    """Compare everyone in a results folder, or show two of them side by side.

    Raises:
        GraderError: There are no results, or files cannot be written.
    """
    console, aside = Console(), Console(stderr=True)
    results = Results(folder)
    if not (known := results.batch() if folder.is_dir() else {}):
        raise GraderError(f"{shown(str(folder))} holds no results: grade a folder into it first.")
    file = _rubric(known, rubric, aside)
    given = _given(file, wanted.given, aside)
    with aside.status("Reading…"):
        records = sorted(results.records(), key=lambda record: record.student)
        students = [student_of(r, results, file.rubric, given.names) for r in records]
    names = {student.key: student.name for student in students}
    _troubles(students, names, aside)
    if wanted.compare is not None:
        _compare(wanted.compare, students, given, wanted.at_least, console)
        return
    with aside.status("Comparing…"):
        found = study(students, given, shipped_key(file), at_least=wanted.at_least)
    console.print(screen(found, names, at_least=wanted.at_least))
    if wanted.output is not None:
        _write(wanted.output, found, names)
        for name in (PAIRS, CLUSTERS):
            console.print(Text(plain(str(wanted.output / name))), soft_wrap=True)


def _rubric(known: Mapping[str, Any], rubric: str | None, aside: Console) -> RubricFile:
    """The one that the batch was graded by, or the best there is."""
    of_batch = known.get("rubric") or {}
    file = find_rubric(rubric or of_batch.get("lab"))
    if file.sha256 != of_batch.get("sha256"):
        _say("They were graded by another rubric than this: give theirs with --rubric.", aside)
    return file


def _given(file: RubricFile, others: Sequence[Path], aside: Console) -> Handout:
    """What everyone began with."""
    template = template_of(file.rubric.lab, file.rubric)
    if template is None and not others:
        _say("No template of this lab is here: give what you handed out with --given.", aside)
    more = [cell for path in others for cell in cells_of(path, file.rubric)]
    return handout([*(template or ()), *more], file.rubric)


def _troubles(students: Sequence[Student], names: Mapping[str, str], aside: Console) -> None:
    """A line each, within measure; who has nothing to compare is no news one by one."""
    lines = [f"{label(s.key, names)}: {plain(t)}" for s in students for t in s.troubles]
    for text in lines[:TOP]:
        _say(text, aside)
    if len(lines) > TOP:
        _say(f"and {len(lines) - TOP} more of the kind", aside)


def _compare(
    keys: tuple[str, str],
    students: Sequence[Student],
    given: Handout,
    at_least: float,
    console: Console,
) -> None:
    names = {student.key: student.name for student in students}
    for key in keys:
        if key not in names:
            listed = ", ".join(plain(s.key) for s in students[:5])
            raise GraderError(
                f"Nobody is called {plain(key)!r}: give a student's key, such as {listed}."
            )
    prints = own_code(students, given).prints
    found = pairs({key: prints.get(key, {}) for key in keys}, at_least=at_least)
    if not found:
        console.print(
            "Nothing of theirs is similar: --at-least 0 shows all that is long enough to tell.",
            highlight=False,
        )
        return
    by_key = {student.key: student.code.functions for student in students}
    both = [by_key[key] for key in found[0].students]
    console.print(side_by_side(found[0], both, names))


def _write(folder: Path, found: Study, names: Mapping[str, str]) -> None:
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
            f"Cannot write to {shown(str(folder))}: {error.strerror or error}. Give another folder."
        ) from error


def _say(text: str, aside: Console) -> None:
    aside.print(Text(text, style="yellow"), soft_wrap=True)


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--at-least",
    type=click.FloatRange(0, 1),
    default=0.8,
    show_default=True,
    help="Share of one's code in the other's from which on two are shown.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A folder to write similarity.csv and clusters.csv to.",
)
@click.option(
    "--given",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A notebook that you handed out beside the template; may be repeated.",
)
@click.option(
    "--compare", nargs=2, metavar="A B", help="Two students' similar functions, side by side."
)
@click.option("--rubric", help="A lab's name or a rubric file; the batch's lab by default.")
def similarity(  # noqa: PLR0913 (one parameter an option: click's way)
    results: Path,
    *,
    at_least: float,
    output: Path | None,
    given: tuple[Path, ...],
    compare: tuple[str, str] | None,
    rubric: str | None,
) -> None:
    """Say whose code is similar in a results folder, and who gave the same wrong numbers.

    For a person to look into: no points change, nothing is run, and nothing is written to RESULTS.
    """
    if compare and compare[0] == compare[1]:
        raise click.UsageError("--compare needs two students.")
    if importlib.util.find_spec("copydetect") is None:
        raise GraderError(
            "grade similarity needs one more package: pip install 'induction-lab-grader"
            "[similarity]'."
        )
    wanted = Wanted(at_least=at_least, given=given, output=output, compare=compare or None)
    show_similarity(results, rubric=rubric, wanted=wanted)
