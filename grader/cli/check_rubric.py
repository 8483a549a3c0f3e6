"""``grade rubric``: shows a rubric, checks its tolerances, and prints the schema of its files."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from grader.answer_key.build import build_key
from grader.answer_key.find import rubric_with_mistakes
from grader.answer_key.known_answers import with_equivalent_variants, with_known_mistakes
from grader.answer_key.model import KeyRequest
from grader.errors import GraderError
from grader.files.atomic_write import write_atomically
from grader.judging.margins import Margin, MarginReport, measure_margins, with_drawn_models
from grader.render import margins_table
from grader.render.rubric_table import render_rubric
from grader.rubric.document import json_schema
from grader.rubric.load import RubricFile, load_rubric


def show_rubric(name: str | None) -> None:
    """Print a rubric as tables.

    Raises:
        RubricError: There is no such rubric, or it has mistakes.
    """
    Console().print(render_rubric(rubric_with_mistakes(load_rubric(name))), highlight=False)


def schema_text() -> str:
    """Return the JSON Schema of rubric files: their keys, meanings and allowed values."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def check_rubric(
    name: str | None, *, model_sets: int, device: str, jobs: int, output: Path | None
) -> int:
    """Run every variant and mistake on the public and on drawn models, and print the margins.

    Args:
        name: A lab's name or a rubric file.
        model_sets: Number of sets of hidden models to draw, from seeds 1, 2, ...
        jobs: Number of sets to run at a time.
        output: Markdown file for the margins.

    Returns:
        The exit code: 0 if every margin is large enough, 1 otherwise.

    Raises:
        GraderError: The reference is not installed or fails, or the file cannot be written.
    """
    file = load_rubric(name)
    file = replace(file, rubric=with_equivalent_variants(with_known_mistakes(file.rubric)))
    seeds: list[int | None] = [None, *range(1, model_sets + 1)]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        margins = list(pool.map(lambda seed: _margins(file, seed, device), seeds))
    proof = MarginReport(
        rubric=file.rubric, margins=tuple(m for of_seed in margins for m in of_seed)
    )
    Console().print(margins_table.render_margins(proof), highlight=False)
    if output is not None:
        try:
            write_atomically(output, margins_table.to_markdown(proof).encode())
        except OSError as error:
            raise GraderError(f"Cannot write {output}: {error.strerror or error}.") from error
    return 1 if proof.problems() else 0


def _margins(file: RubricFile, seed: int | None, device: str) -> tuple[Margin, ...]:
    """Measure the margins on the public models, or on those drawn from a seed."""
    drawn = replace(file, rubric=with_drawn_models(file.rubric, seed))
    key = build_key(drawn, KeyRequest(device=device, seed=seed or 0, include_equivalent=True))
    return tuple(measure_margins(drawn.rubric, key, "public" if seed is None else f"seed {seed}"))
