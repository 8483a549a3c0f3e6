"""``grade regrade``: scores a results folder with another rubric, and shows who gains or loses."""

from pathlib import Path

from rich.console import Console

from grader.batch.batch_info import batch_info
from grader.batch.finalize import finalize, read_policies
from grader.batch.regrade import RegradeContext, regrade_students, save_regraded
from grader.batch.results.fingerprint import GradingFingerprint
from grader.cli.grade_folder import print_summary, print_warning
from grader.cli.results_folder import open_results
from grader.grading.session import Settings, open_session
from grader.render.regrade_table import render_changes
from grader.rubric.load import load_rubric


def regrade_results(folder: Path, *, rubric: str | None, hidden_key: Path | None, yes: bool) -> int:
    """Score a results folder again and print the changes; write them only if `yes` is set.

    Returns:
        The exit code: 0.

    Raises:
        GraderError: The folder has no results, or they cannot be scored or written.
    """
    console = Console()
    results, known = open_results(folder)
    file = load_rubric(rubric)
    settings = Settings(
        model=None,
        device=str(known.get("device", "auto")),
        seed=int(known["seed"]),
        full=bool(known.get("hidden_probes")),
        hidden_key=hidden_key,
        isolation="none",  # nothing runs
    )
    with results.lock():
        session = open_session(file, settings)
        rubric_now = session.rubric_file.rubric
        policies = read_policies(folder, rubric_now)
        earlier = list(results.results())
        students = [result.student for result in earlier]
        regraded = regrade_students(students, results, RegradeContext.of(session), rubric_now)
        console.print(render_changes(regraded.changes, regraded.needs_run))
        for text in regraded.damaged:
            print_warning(text, console)
        if not yes:
            console.print(
                "Nothing was written: give --yes to write these changes.", highlight=False
            )
            return 0
        fingerprint = GradingFingerprint.of(session)
        save_regraded(regraded, earlier, results, fingerprint.digest)
        info = known | batch_info(session, fingerprint, str(known.get("source", "")))
        info["isolation"] = known.get("isolation")
        batch = finalize(students, results, rubric_now, policies, info=info, key=session.key)
        print_summary(batch, Console(stderr=True))
    return 0
