"""``grade container``: what a platform's container runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.isolation.choice import Level


@click.command()
@click.argument(
    "platform", type=click.Choice(["classroom50", "coursera", "gradescope", "prairielearn"])
)
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    default=Path("/"),
    show_default=True,
    help="Where the platform's paths begin.",
)
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    help="A folder of keys: public.key, and hidden ones of which a run draws one.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=1),
    help="The platform's time limit in seconds, where it is not the usual one.",
)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "strict", "none"]),
    default="auto",
    show_default=True,
    help="Of the notebook: the best there is here, no less than a tried sandbox, or none.",
)
@click.pass_context
def container(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context,
    platform: str,
    root: Path,
    rubric: str | None,
    keys: Path | None,
    limit: float | None,
    isolation: "Level",
) -> None:
    """Grade what a platform's container was given, and write its result, whatever happens."""
    from grader.commands.container import Container, grade_in_container

    asked = Container(
        platform=platform,
        root=root,
        rubric=rubric,
        keys=keys,
        seconds=limit,
        isolation=isolation,
    )
    ctx.exit(grade_in_container(asked))
