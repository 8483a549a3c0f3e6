"""Options of ``grade container``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import (
    GRADING,
    PATH,
    SANDBOX,
    SectionedCommand,
    isolation_option,
    option,
    rubric_option,
)

if TYPE_CHECKING:
    from grader.sandbox.select import IsolationLevel


@click.command(cls=SectionedCommand)
@click.argument(
    "platform", type=click.Choice(["classroom50", "coursera", "gradescope", "prairielearn"])
)
@rubric_option
@option(
    "--keys",
    metavar="FOLDER",
    type=PATH,
    help="Folder of answer keys: public.key, and hidden keys of which each run uses one.",
    section=GRADING,
)
@option(
    "--root",
    metavar="FOLDER",
    type=PATH,
    default=Path("/"),
    show_default=True,
    help="Root directory that the platform's paths are relative to (for testing).",
    section=SANDBOX,
)
@option(
    "--limit",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    help="The platform's time limit, if it is not the usual one.",
    section=SANDBOX,
)
@isolation_option
@click.pass_context
def container(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context,
    platform: str,
    root: Path,
    rubric: str | None,
    keys: Path | None,
    limit: float | None,
    isolation: "IsolationLevel",
) -> None:
    """Grade a submission inside a course platform's container.

    Reads the submission where the platform puts it, and writes a result file whatever happens.
    """
    from grader.cli.grade_in_container import ContainerRequest, grade_in_container

    request = ContainerRequest(
        platform=platform,
        root=root,
        rubric=rubric,
        keys=keys,
        seconds=limit,
        isolation=isolation,
    )
    ctx.exit(grade_in_container(request))
