"""``grade regrade``: results scored again by another rubric."""

from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from grader.batch.finalize import close, read_rules
from grader.batch.regrade import regrade as regrade_students
from grader.batch.regrade import standard_of, write
from grader.batch.results.fingerprint import Standing
from grader.batch.results.store import Results
from grader.batch.run import about, conclude
from grader.errors import GraderError
from grader.files.untrusted import shown
from grader.grading.session import Settings, open_sitting
from grader.render.regrade_table import render
from grader.rubric.load import find_rubric


# MERGED: ``grade regrade RESULTS``: what is kept scored again; who gains and loses is shown first.
def regrade_results(folder: Path, *, rubric: str | None, hidden_key: Path | None, yes: bool) -> int:
    """Score a results folder again, and write that if it is agreed to.

    Returns:
        The exit code: 0.

    Raises:
        GraderError: There are no results, or they cannot be scored or written.
    """
    console = Console()
    results = Results(folder)
    if not (known := results.batch() if folder.is_dir() else {}):
        raise GraderError(f"{shown(str(folder))} holds no results: grade a folder into it first.")
    file = find_rubric(rubric)
    settings = Settings(
        model=None,
        device=str(known.get("device", "auto")),
        seed=int(known["seed"]),
        full=bool(known.get("hidden_probes")),
        hidden_key=hidden_key,
        isolation="none",  # nothing runs
    )
    with results.held():
        sitting = open_sitting(file, settings)
        rules = read_rules(folder, sitting.file.rubric)
        records = list(results.records())
        students = [record.student for record in records]
        found = regrade_students(students, results, standard_of(sitting), sitting.file.rubric)
        console.print(render(found.changes, found.needs_run))
        for text in found.damaged:
            console.print(Text(text, style="yellow"), soft_wrap=True)
        if not yes:
            console.print("Nothing is written: give --yes to write this.", highlight=False)
            return 0
        standing = Standing.of(sitting)
        write(found, records, results, standing.digest)
        noted = known | about(sitting, standing, str(known.get("source", "")))
        noted["isolation"] = known.get("isolation")
        closed = close(students, results, sitting.file.rubric, rules, sitting.key)
        conclude(closed, results, noted, Console(stderr=True))
    return 0


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option(
    "--key",
    "hidden_key",
    type=click.Path(path_type=Path),
    help="The hidden key that they were graded with, where the reference is not.",
)
@click.option("--yes", is_flag=True, help="Write it; without this, changes are shown only.")
@click.pass_context
def regrade(
    ctx: click.Context,
    results: Path,
    rubric: str | None,
    hidden_key: Path | None,
    *,
    yes: bool,
) -> None:
    """Score a results folder again by another rubric, without running a notebook.

    Shows who gains and who loses what. Overrides and the late policy are applied anew.
    """
    ctx.exit(regrade_results(results, rubric=rubric, hidden_key=hidden_key, yes=yes))
