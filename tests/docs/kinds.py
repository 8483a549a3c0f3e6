"""The kinds of checks and pictures there are."""

from typing import Any, get_args

from pydantic import BaseModel

from grader.checks import Check
from grader.rubric.charts import Illustration


def _by_kind(union: Any) -> dict[str, type[BaseModel]]:
    """The members of a union that `kind` tells apart."""
    members = get_args(get_args(union)[0])
    return {get_args(member.model_fields["kind"].annotation)[0]: member for member in members}


CHECKS = _by_kind(Check)
"""Each kind's model."""
PICTURES = _by_kind(Illustration)
"""The same of pictures."""
