"""``grade regrade RESULTS``: what is kept scored again; who gains and loses is shown first."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.batch.closing import close, read_rules
from grader.batch.identity import Standing
from grader.batch.regrading import regrade, standard_of, write
from grader.batch.results import Results
from grader.commands.batch import about, conclude
from grader.errors import GraderError
from grader.reading import shown
from grader.render.changes import render
from grader.rubric_file import find_rubric
from grader.sitting import Settings, open_sitting


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
        found = regrade(students, results, standard_of(sitting), sitting.file.rubric)
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
