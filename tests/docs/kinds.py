"""The kinds of checks there are."""

from typing import get_args

from grader.checks import Check

CHECKS = {get_args(c.model_fields["kind"].annotation)[0]: c for c in get_args(get_args(Check)[0])}
"""Each kind's model."""
