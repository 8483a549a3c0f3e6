"""``grade NOTEBOOK`` and ``grade FOLDER|ZIP``."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from grader.cli.options import DEVICES, PLATFORMS, SEED

if TYPE_CHECKING:
    from grader.sandbox.select import Level


@click.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), help="Write the report as JSON."
)
@click.option(
    "--html", "html_path", type=click.Path(path_type=Path), help="Write the report as a page."
)
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path), help="Write a row for each criterion."
)
@click.option(
    "--format",
    "platform",
    type=PLATFORMS,
    help="Write a course platform's file, to -o FILE or standard output.",
)
@click.option("--rubric", help="A lab's name or a rubric file; the lab installed by default.")
@click.option(
    "--model",
    help="Grading model in place of the rubric's: planted-LxH@SEED, a name or a directory.",
)
@click.option("--device", type=DEVICES, default="auto", show_default=True)
@click.option(
    "--full/--no-full",
    default=None,
    help="Ask the hidden probes too; needs the reference or a hidden key. "
    "Of a folder or zip they are asked unless they cannot be.",
)
@click.option(
    "--key",
    "hidden_key",
    type=click.Path(path_type=Path),
    help="A hidden key, for --full where the reference is not.",
)
@click.option(
    "--seed", type=SEED, help="Of the run: 0 if not given, with --full a fresh secret one."
)
@click.option(
    "--hint",
    "--hints",
    "hints",
    type=click.IntRange(0, 3),
    default=1,
    show_default=True,
    help="How many on each mistake: a nudge, a pointer, nearly the solution.",
)
@click.option(
    "--open", "opened", is_flag=True, help="Show the report's page in the browser afterwards."
)
@click.option(
    "--watch", is_flag=True, help="Grade again whenever the notebook is saved, until Ctrl-C."
)
@click.option(
    "--only", help="One criterion's id, or one function's name; of a folder or zip one student."
)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "strict", "none"]),
    default="auto",
    show_default=True,
    help="Of the notebook: the best there is here, no less than a tried sandbox, or none.",
)
@click.option(
    "-o",
    "--output",
    "results",
    type=click.Path(path_type=Path),
    help="Of a folder or zip: where results go; with --format the file it is written to.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="Of a folder or zip: notebooks at a time, by default one a processor.",
)
@click.option(
    "--assignment", help="Of a folder or zip: which one, where nbgrader collected several."
)
@click.option(
    "--cluster",
    metavar="ADDRESS|local",
    help="Of a folder or zip: a Dask scheduler whose workers grade, or `local` to start --jobs.",
)
@click.option("--force", is_flag=True, help="Of a folder or zip: grade finished ones again.")
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
    isolation: "Level",
    results: Path | None,
    jobs: int | None,
    assignment: str | None,
    cluster: str | None,
    *,
    opened: bool,
    watch: bool,
    full: bool | None,
    force: bool,
) -> None:
    """Grade one notebook, or a folder or zip of them (the word `run` may be left out)."""
    many = notebook.is_dir() or notebook.suffix.lower() == ".zip"
    _check_usage(many, platform, results, opened=opened, watch=watch)
    from grader.cli.grade_notebook import Output, grade_notebook
    from grader.grading.session import Settings

    if hidden_key is not None and full is None:
        full = True
    about = None if many else only
    settings = Settings(
        model=model, device=device, seed=seed, only=about, full=bool(full), hidden_key=hidden_key,
        isolation=isolation,
    )  # fmt: skip
    if many:
        from grader.batch.run import Batch, cores, grade_batch
        from grader.cli.progress import Meter

        batch = Batch(
            source=notebook, results=cast("Path", results), jobs=jobs or cores(), force=force,
            student=only, assignment=assignment, cluster=cluster, full=full,
        )  # fmt: skip
        ctx.exit(grade_batch(batch, rubric=rubric, settings=settings, progress=Meter))
    output = Output(
        json=json_path, html=html_path, csv=csv_path, platform=platform, result=results,
        hints=hints, opened=opened,
    )  # fmt: skip
    if watch:
        from grader.cli.watch.loop import watch_notebook

        ctx.exit(watch_notebook(notebook, rubric=rubric, settings=settings, output=output))
    ctx.exit(grade_notebook(notebook, rubric=rubric, settings=settings, output=output))


def _check_usage(
    many: bool,  # noqa: FBT001 (what was found on the disk, no option)
    platform: str | None,
    results: Path | None,
    *,
    opened: bool,
    watch: bool,
) -> None:
    """Options that do not go together, in one line.

    Raises:
        click.UsageError: Some do not.
    """
    if many and watch:
        raise click.UsageError("--watch is for one notebook: give the file you work in.")
    if many and opened:
        raise click.UsageError("--open is for one notebook: a batch writes its pages into -o.")
    if many and platform is not None:
        raise click.UsageError("--format is for one notebook: platforms grade one at a time.")
    if many and results is None:
        raise click.UsageError("A folder or zip needs -o RESULTS: the folder results go to.")
    if watch and (platform is not None or results is not None):
        raise click.UsageError("--watch shows its reports: leave out --format and -o.")
    if not many and results is not None and platform is None:
        raise click.UsageError("-o is for a folder or zip, or with --format: use --json FILE.")
