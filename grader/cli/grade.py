"""``grade NOTEBOOK`` and ``grade FOLDER|ZIP``: the options, and the choice between the two."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from grader.cli.options import (
    BATCH,
    GRADING,
    OUTPUT,
    PATH,
    PLATFORMS,
    SEED,
    SectionedCommand,
    device_option,
    isolation_option,
    model_option,
    option,
    output_option,
    rubric_option,
)

if TYPE_CHECKING:
    from grader.sandbox.select import IsolationLevel


@click.command(cls=SectionedCommand)
@click.argument("notebook", type=PATH)
@rubric_option
@model_option
@device_option
@option(
    "--only",
    metavar="NAME",
    help="Grade one criterion (its id) or one function. In a batch: grade one student.",
    section=GRADING,
)
@option(
    "--full/--no-full",
    default=None,
    help="Run the hidden probes too. This needs the reference or a hidden key. "
    "In a batch this is the default when a key or the reference is available.",
    section=GRADING,
)
@option(
    "--key",
    "hidden_key",
    metavar="FILE",
    type=PATH,
    help="Hidden answer key for --full, if the reference is not installed.",
    section=GRADING,
)
@option(
    "--seed",
    type=SEED,
    help="Random seed. Defaults to 0; with --full, to a new secret seed.",
    section=GRADING,
)
@option(
    "--watch",
    is_flag=True,
    help="Grade again whenever the notebook is saved, until Ctrl-C.",
    section=GRADING,
)
@option("--json", "json_path", type=PATH, help="Write the report as JSON.", section=OUTPUT)
@option("--html", "html_path", type=PATH, help="Write the report as an HTML page.", section=OUTPUT)
@option("--csv", "csv_path", type=PATH, help="Write a CSV row per criterion.", section=OUTPUT)
@option(
    "--format",
    "platform",
    type=PLATFORMS,
    help="Write a course platform's result file, to -o FILE or to standard output.",
    section=OUTPUT,
)
@output_option("In a batch: the results folder (required). With --format: the file to write.")
@option(
    "--hints",
    type=click.IntRange(0, 3),
    default=1,
    show_default=True,
    help="Number of hints to show per mistake, from a nudge to almost the solution.",
    section=OUTPUT,
)
@option(
    "--open",
    "open_page",
    is_flag=True,
    help="Open the HTML report in the browser afterwards.",
    section=OUTPUT,
)
@option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="Number of notebooks to grade at a time. Defaults to the number of processors.",
    section=BATCH,
)
@option(
    "--assignment",
    help="The nbgrader assignment to grade, if the folder holds several.",
    section=BATCH,
)
@option(
    "--cluster",
    metavar="ADDRESS|local",
    help="Grade on the workers of a Dask scheduler; `local` starts --jobs workers here.",
    section=BATCH,
)
@option("--force", is_flag=True, help="Grade finished submissions again.", section=BATCH)
@isolation_option
@click.pass_context
def run(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context,
    notebook: Path,
    json_path: Path | None,
    html_path: Path | None,
    csv_path: Path | None,
    platform: str | None,
    rubric: str | None,
    model: str | None,
    device: str,
    hidden_key: Path | None,
    seed: int | None,
    only: str | None,
    hints: int,
    isolation: "IsolationLevel",
    output: Path | None,
    jobs: int | None,
    assignment: str | None,
    cluster: str | None,
    *,
    open_page: bool,
    watch: bool,
    full: bool | None,
    force: bool,
) -> None:
    """Grade a notebook, or a folder or zip of notebooks.

    The word `run` may be left out.
    """
    is_batch = notebook.is_dir() or notebook.suffix.lower() == ".zip"
    _check_usage(is_batch, platform, output, open_page=open_page, watch=watch)
    from grader.grading.session import Settings

    if hidden_key is not None and full is None:
        full = True
    settings = Settings(
        model=model, device=device, seed=seed, only=None if is_batch else only, full=bool(full),
        hidden_key=hidden_key, isolation=isolation,
    )  # fmt: skip
    if is_batch:
        from grader.batch.run import BatchRequest, available_cpus
        from grader.cli.grade_folder import run_grade_folder

        request = BatchRequest(
            source=notebook, results=cast("Path", output), jobs=jobs or available_cpus(),
            force=force, student=only, assignment=assignment, cluster=cluster, full=full,
        )  # fmt: skip
        ctx.exit(run_grade_folder(request, rubric=rubric, settings=settings))
    from grader.cli.grade_notebook import Output, run_grade_notebook

    files = Output(
        json=json_path, html=html_path, csv=csv_path, platform=platform, platform_file=output,
        hints=hints, open_page=open_page,
    )  # fmt: skip
    if watch:
        from grader.cli.watch.loop import watch_notebook

        ctx.exit(watch_notebook(notebook, rubric=rubric, settings=settings, output=files))
    ctx.exit(run_grade_notebook(notebook, rubric=rubric, settings=settings, output=files))


def _check_usage(
    is_batch: bool,  # noqa: FBT001 (a fact about the argument, no option)
    platform: str | None,
    output: Path | None,
    *,
    open_page: bool,
    watch: bool,
) -> None:
    """Reject options that do not go together.

    Raises:
        click.UsageError: Some options do not go together.
    """
    if is_batch and watch:
        raise click.UsageError("--watch is for one notebook: give the file you work in.")
    if is_batch and open_page:
        raise click.UsageError("--open is for one notebook: a batch writes its pages into -o.")
    if is_batch and platform is not None:
        raise click.UsageError("--format is for one notebook: platforms grade one at a time.")
    if is_batch and output is None:
        raise click.UsageError("A folder or zip needs -o RESULTS, the folder to write results to.")
    if watch and (platform is not None or output is not None):
        raise click.UsageError("--watch shows its reports: leave out --format and -o.")
    if not is_batch and output is not None and platform is None:
        raise click.UsageError("-o is for a folder or zip, or with --format: use --json FILE.")
