"""Options of ``grade regrade``."""

from pathlib import Path

import click

from grader.cli.options import PATH, option, rubric_option


@click.command()
@click.argument("results", type=PATH)
@rubric_option
@option(
    "--key",
    "hidden_key",
    metavar="FILE",
    type=PATH,
    help="Hidden key that the batch was graded with, if the reference is not installed.",
)
@option("--yes", is_flag=True, help="Write the changes; without it they are only shown.")
@click.pass_context
def regrade(
    ctx: click.Context,
    results: Path,
    rubric: str | None,
    hidden_key: Path | None,
    *,
    yes: bool,
) -> None:
    """Score a results folder with another rubric, without running notebooks.

    Shows who gains and who loses points. Overrides and the late policy are applied again.
    """
    from grader.cli.regrade_results import regrade_results

    ctx.exit(regrade_results(results, rubric=rubric, hidden_key=hidden_key, yes=yes))
