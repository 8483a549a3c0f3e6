"""The command line: options in, one call, exit code out. No decision lives here."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import GraderError
from grader.render.text import plain

if TYPE_CHECKING:
    from grader.isolation.choice import Level

_WRONG_USAGE = 2
_DEVICES = click.Choice(["auto", "cpu", "cuda"])
_SEED = click.IntRange(0, 2**31 - 1)


class _Grade(click.Group):
    """``grade NOTEBOOK`` is ``grade run NOTEBOOK``: whatever is no command is a notebook."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["run", *args]
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of grading a notebook where people look for them."""
        options = [option for option in run.params if isinstance(option, click.Option)]
        rows = [row for option in options if (row := option.get_help_record(ctx))]
        with formatter.section("Options of grade NOTEBOOK.ipynb"):
            formatter.write_dl(rows)
        super().format_options(ctx, formatter)


@click.group(
    cls=_Grade,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "ignore_unknown_options": True,
        "max_content_width": 100,
    },
    subcommand_metavar="NOTEBOOK.ipynb | COMMAND [OPTIONS]",
)
@click.version_option(package_name="induction-lab-grader", prog_name="grade")
def cli() -> None:
    """Grade a notebook of the induction-head lab.

    Runs the notebook, calls its functions on inputs it has not seen, compares what comes back
    with the reference and says, criterion by criterion, what was earned, what was wrong and why.

    Exit codes: 0 full marks, 1 graded and marks lost, 2 could not be graded or wrong usage, 3 the
    grader's own side failed.
    """


@cli.command()
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
@click.option("--rubric", help="A lab's name or a rubric file; the lab installed by default.")
@click.option(
    "--model",
    help="Grading model in place of the rubric's: planted-LxH@SEED, a name or a directory.",
)
@click.option("--device", type=_DEVICES, default="auto", show_default=True)
@click.option(
    "--full", is_flag=True, help="Ask the hidden probes too; needs the reference or a hidden key."
)
@click.option(
    "--key",
    "hidden_key",
    type=click.Path(path_type=Path),
    help="A hidden key, for --full where the reference is not.",
)
@click.option(
    "--seed", type=_SEED, help="Of the run: 0 if not given, with --full a fresh secret one."
)
@click.option(
    "--hints",
    type=click.IntRange(0, 3),
    default=1,
    show_default=True,
    help="How many on each mistake: a nudge, a pointer, nearly the solution.",
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
    help="Of a folder or zip: where results go.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="Of a folder or zip: notebooks at a time, by default one a processor.",
)
@click.option("--force", is_flag=True, help="Of a folder or zip: grade finished ones again.")
@click.pass_context
def run(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context,
    notebook: Path,
    json_path: Path | None,
    html_path: Path | None,
    csv_path: Path | None,
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
    *,
    full: bool,
    force: bool,
) -> None:
    """Grade one notebook, or a folder or zip of them (the word `run` may be left out)."""
    from grader.commands.run import Output, grade_notebook
    from grader.sitting import Settings

    many = notebook.is_dir() or notebook.suffix.lower() == ".zip"
    settings = Settings(
        model=model,
        device=device,
        seed=seed,
        only=None if many else only,
        full=full or hidden_key is not None,
        hidden_key=hidden_key,
        isolation=isolation,
    )
    if many:
        from grader.commands.batch import Batch, cores, grade_batch

        if results is None:
            raise click.UsageError("A folder or zip needs -o RESULTS: the folder results go to.")
        batch = Batch(
            source=notebook, results=results, jobs=jobs or cores(), force=force, student=only
        )
        ctx.exit(grade_batch(batch, rubric=rubric, settings=settings))
    output = Output(json=json_path, html=html_path, csv=csv_path, hints=hints)
    ctx.exit(grade_notebook(notebook, rubric=rubric, settings=settings, output=output))


@cli.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write it.")
@click.option(
    "--example", is_flag=True, help="A filled-in notebook with two mistakes, to try the grader on."
)
def template(output: Path | None, *, example: bool) -> None:
    """Write the notebook a student works in."""
    from grader.commands.template import write_template

    write_template(output, example=example)


@cli.command()
def doctor() -> None:
    """Say what works on this machine, and what to do about what does not."""
    from grader.commands.doctor import examine

    examine()


@cli.group()
def key() -> None:
    """Make and verify answer keys."""


@key.command()
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option("--model", help="Grading model in place of the rubric's.")
@click.option("--device", type=_DEVICES, default="auto", show_default=True)
@click.option("--full", is_flag=True, help="The hidden key, for `grade NOTEBOOK --full --key`.")
@click.option("--seed", type=_SEED, help="What hidden models are drawn from; a fresh one if none.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="Where to write it."
)
def build(  # noqa: PLR0913 (one parameter an option: click's way)
    rubric: str | None,
    model: str | None,
    device: str,
    seed: int | None,
    output: Path,
    *,
    full: bool,
) -> None:
    """Run the reference and keep its answers."""
    from grader.answers import KeyRequest
    from grader.commands.key import build_to
    from grader.hidden import fresh_seed

    drawn = seed if seed is not None else fresh_seed() if full else 0
    request = KeyRequest(device=device, seed=drawn, hidden=full)
    build_to(output, rubric=rubric, model=model, request=request)


@key.command()
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option("--device", type=_DEVICES, default="auto", show_default=True)
@click.pass_context
def verify(ctx: click.Context, rubric: str | None, device: str) -> None:
    """Check that the key that ships is what the reference answers here and now."""
    from grader.commands.key import verify_shipped

    ctx.exit(verify_shipped(rubric=rubric, device=device))


@cli.group()
def rubric() -> None:
    """Show a rubric, and the schema that editors check one with."""


@rubric.command()
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Print what is asked, how it is judged and what is accepted; NAME is a lab or a file."""
    from grader.commands.rubric import show_rubric

    show_rubric(name)


@rubric.command()
@click.argument("name", required=False)
@click.option(
    "--worlds",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Sets of models to draw, beside the public ones.",
)
@click.option("--device", type=_DEVICES, default="auto", show_default=True)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Worlds at a time."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the margins as a page."
)
@click.pass_context
def check(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context, name: str | None, worlds: int, device: str, jobs: int, output: Path | None
) -> None:
    """Prove a rubric: right variants stay within its tolerances, known mistakes beyond.

    Every variant and mistake is run on the public models and on drawn ones. Exits 1 when a margin
    (error ÷ tolerance) is between 0.5 and 2, or a criterion has no mistake that loses it.
    """
    from grader.commands.rubric import check_rubric

    ctx.exit(check_rubric(name, worlds=worlds, device=device, jobs=jobs, output=output))


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubric files."""
    from grader.commands.rubric import schema_text

    click.echo(schema_text(), nl=False)


def main() -> None:
    """Run the command line; every error of ours is one clear message on standard error."""
    try:
        code = cli.main(standalone_mode=False)
    except GraderError as error:
        click.echo(f"grade: {plain(str(error))}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(_WRONG_USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("grade: stopped.", err=True)
        sys.exit(130)
    except Exception as error:
        if os.environ.get("GRADE_TRACEBACK"):
            raise
        said = plain(f"{type(error).__name__}: {error}".splitlines()[0])
        click.echo(f"grade: a fault of its own: {said} (GRADE_TRACEBACK=1 shows where)", err=True)
        sys.exit(GraderError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
