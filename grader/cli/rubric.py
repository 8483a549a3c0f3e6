"""``grade rubric``: rubrics shown and proven."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from grader.answer_key.build import build_key
from grader.answer_key.file import write_atomically
from grader.answer_key.model import KeyRequest
from grader.cli.options import DEVICES
from grader.errors import GraderError
from grader.judging.margins import Margin, Proof, in_world, margins_in
from grader.render import margins_table as rendered
from grader.render.rubric_table import render
from grader.rubric.load import RubricFile, find_rubric
from grader.rubric.model import Rubric

# MERGED: ``grade rubric``: the rubric for people, its schema for editors, its proof.
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def show_rubric(name: str | None) -> None:
    """Print a rubric as tables.

    Raises:
        RubricError: There is none, or it has mistakes.
    """
    Console().print(render(find_rubric(name).rubric), highlight=False)


def schema_text() -> str:
    """The JSON Schema of rubric files: what keys there are, what they mean, what they may hold."""
    schema = {"$schema": _DIALECT, **Rubric.model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def check_rubric(
    name: str | None, *, worlds: int, device: str, jobs: int, output: Path | None
) -> int:
    """Run every variant and mistake on the public models and on drawn ones; show the margins.

    Args:
        name: A lab's name or a rubric file.
        worlds: How many worlds are drawn, from seeds 1, 2, ...
        device: Where the models run.
        jobs: Worlds that run side by side.
        output: Where to write the margins as a page.

    Returns:
        0 when every margin is as it should be, 1 when one is not.

    Raises:
        GraderError: The reference is absent or fails, or the page could not be written.
    """
    file = find_rubric(name)
    seeds: list[int | None] = [None, *range(1, worlds + 1)]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        found = list(pool.map(lambda seed: _margins(file, seed, device), seeds))
    proof = Proof(rubric=file.rubric, margins=tuple(m for margins in found for m in margins))
    Console().print(rendered.render(proof), highlight=False)
    if output is not None:
        try:
            write_atomically(output, rendered.to_markdown(proof).encode())
        except OSError as error:
            raise GraderError(f"Cannot write {output}: {error.strerror or error}.") from error
    return 1 if proof.problems() else 0


def _margins(file: RubricFile, seed: int | None, device: str) -> tuple[Margin, ...]:
    there = replace(file, rubric=in_world(file.rubric, seed))
    key = build_key(there, KeyRequest(device=device, seed=seed or 0, alike=True))
    return tuple(margins_in(there.rubric, key, "public" if seed is None else f"seed {seed}"))


@click.group()
def rubric() -> None:
    """Show a rubric, and the schema that editors check one with."""


@rubric.command()
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Print what is asked, how it is judged and what is accepted; NAME is a lab or a file."""
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
@click.option("--device", type=DEVICES, default="auto", show_default=True)
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
    ctx.exit(check_rubric(name, worlds=worlds, device=device, jobs=jobs, output=output))


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubric files."""
    click.echo(schema_text(), nl=False)
