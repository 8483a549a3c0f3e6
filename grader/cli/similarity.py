"""Options of ``grade similarity``."""

import importlib.util
from pathlib import Path

import click

from grader.cli.options import PATH, option, output_option
from grader.errors import GraderError


@click.command()
@click.argument("results", type=PATH)
@option(
    "--min-similarity",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.8,
    show_default=True,
    help="List pairs of students that share at least this fraction of their code.",
)
@option(
    "--starter-code",
    metavar="NOTEBOOK",
    type=PATH,
    multiple=True,
    help="A notebook that you handed out besides the template; may be repeated.",
)
@option(
    "--compare", nargs=2, metavar="A B", help="Show two students' similar functions side by side."
)
@option(
    "--rubric",
    metavar="LAB|FILE",
    help="Lab's name or rubric file. Defaults to the batch's lab.",
)
@output_option("Folder to write similarity.csv and clusters.csv to.")
def similarity(  # noqa: PLR0913 (one parameter an option: click's way)
    results: Path,
    *,
    min_similarity: float,
    output: Path | None,
    starter_code: tuple[Path, ...],
    compare: tuple[str, str] | None,
    rubric: str | None,
) -> None:
    """List students with similar code or identical wrong answers.

    The list is for a person to look into: no points change, nothing is run, and nothing is written
    to RESULTS.
    """
    from grader.cli.show_similarity import SimilarityRequest, show_similarity

    if compare and compare[0] == compare[1]:
        raise click.UsageError("--compare needs two students.")
    if importlib.util.find_spec("copydetect") is None:
        raise GraderError(
            "grade similarity needs one more package: pip install 'induction-lab-grader"
            "[similarity]'."
        )
    request = SimilarityRequest(
        min_similarity=min_similarity,
        starter_code=starter_code,
        output=output,
        compare=compare or None,
    )
    show_similarity(results, rubric=rubric, request=request)
