"""Check kinds: pure functions that judge observed values, most of them one kind a file.

`Check` is the union of all kinds. Begin with `base.py`, then `close.py`, the most used kind.
"""

from typing import Annotated, get_args

from pydantic import BeforeValidator, Field

from grader.checks.ablation import AblationEffect, EffectDirection
from grader.checks.base import DEFAULT_TOLERANCES, BaseCheck, CheckInputs, CheckResult, Tolerance
from grader.checks.close import Close, MappingClose
from grader.checks.false_positives import FalsePositives
from grader.checks.heatmap import Heatmap
from grader.checks.metamorphic import Metamorphic
from grader.checks.properties import Properties
from grader.checks.shape import Shape
from grader.checks.side_effects import SideEffects
from grader.checks.top_heads import TopHeads

_AnyCheck = (
    AblationEffect
    | Close
    | EffectDirection
    | FalsePositives
    | Heatmap
    | MappingClose
    | Metamorphic
    | Properties
    | Shape
    | SideEffects
    | TopHeads
)

CHECK_KINDS: dict[str, type[BaseCheck]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(_AnyCheck)
}
"""The class of each check kind, by the name that rubrics use."""


def expand_check(data: object) -> object:
    """Expand the compact form of a check: `{close: scores}` means `{kind: close, probe: scores}`.

    Everything else is returned as it is, for validation to accept or reject.
    """
    if not isinstance(data, dict) or "kind" in data:
        return data
    kinds = [key for key in data if key in CHECK_KINDS]
    if len(kinds) != 1:
        return data
    kind = kinds[0]
    fields, given = CHECK_KINDS[kind].compact, data[kind]
    values = [given] if len(fields) == 1 else given
    rest = {key: value for key, value in data.items() if key != kind}
    if (
        not isinstance(values, (list, tuple))
        or len(values) != len(fields)
        or rest.keys() & set(fields)
    ):
        return data
    return {"kind": kind, **dict(zip(fields, values, strict=True)), **rest}


Check = Annotated[_AnyCheck, Field(discriminator="kind"), BeforeValidator(expand_check)]
"""A check of any kind, told apart by `kind`, or by its key in the compact form."""

__all__ = [
    "CHECK_KINDS",
    "DEFAULT_TOLERANCES",
    "Check",
    "CheckInputs",
    "CheckResult",
    "Tolerance",
    "expand_check",
]
