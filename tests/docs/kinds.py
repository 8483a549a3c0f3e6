"""The kinds of pictures, by name."""

from typing import Any, get_args

from pydantic import BaseModel

from grader.rubric.charts import ChartSpec


def _by_kind(union: Any) -> dict[str, type[BaseModel]]:
    """Return the members of a union by the value of their `kind`."""
    members = get_args(get_args(union)[0])
    return {get_args(member.model_fields["kind"].annotation)[0]: member for member in members}


PICTURES = _by_kind(ChartSpec)
"""The model of each kind."""
