"""Options of ``grade doctor``."""

import click


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check whether grading works on this machine.

    Prints what works, what does not, and what to do about it.
    """
    from grader.cli.run_doctor import run_doctor

    ctx.exit(run_doctor())
