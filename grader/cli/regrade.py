"""``grade regrade``: results scored again by another rubric."""

from pathlib import Path

import click


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
    from grader.commands.regrade import regrade_results

    ctx.exit(regrade_results(results, rubric=rubric, hidden_key=hidden_key, yes=yes))
