"""``grade rubric``: the rubric for people, and its schema for editors."""

import json

from rich.console import Console

from grader.render.rubric import render
from grader.rubric import Rubric
from grader.rubric_file import find_rubric

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
