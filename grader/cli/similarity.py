"""``grade similarity``: whose code and wrong answers are alike."""

from pathlib import Path

import click

from grader.errors import GraderError


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--at-least",
    type=click.FloatRange(0, 1),
    default=0.8,
    show_default=True,
    help="Share of one's code in the other's from which on two are shown.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A folder to write similarity.csv and clusters.csv to.",
)
@click.option(
    "--given",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A notebook that you handed out beside the template; may be repeated.",
)
@click.option(
    "--compare", nargs=2, metavar="A B", help="Two students' similar functions, side by side."
)
@click.option("--rubric", help="A lab's name or a rubric file; the batch's lab by default.")
def similarity(  # noqa: PLR0913 (one parameter an option: click's way)
    results: Path,
    *,
    at_least: float,
    output: Path | None,
    given: tuple[Path, ...],
    compare: tuple[str, str] | None,
    rubric: str | None,
) -> None:
    """Say whose code is similar in a results folder, and who gave the same wrong numbers.

    For a person to look into: no points change, nothing is run, and nothing is written to RESULTS.
    """
    if compare and compare[0] == compare[1]:
        raise click.UsageError("--compare needs two students.")
    try:
        from grader.commands.similarity import Wanted, show_similarity
    except ImportError as error:
        raise GraderError(
            "grade similarity needs one more package: pip install 'induction-lab-grader"
            "[similarity]'."
        ) from error

    wanted = Wanted(at_least=at_least, given=given, output=output, compare=compare or None)
    show_similarity(results, rubric=rubric, wanted=wanted)
