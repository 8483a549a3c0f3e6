"""What every check kind has in common."""

from abc import ABC, abstractmethod
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from grader.checks.evidence import Evidence, Finding


class BaseCheck(BaseModel, ABC):
    """One judgement on one or several probes, with its share of the criterion's points."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """Share of the criterion's points, relative to its other checks."""

    @abstractmethod
    def probes(self) -> tuple[str, ...]:
        """The probes this check reads; it is not asked unless all of them gave a value."""

    def references(self) -> tuple[str, ...]:
        """The probes whose reference value it needs: those it reads, unless it says otherwise."""
        return self.probes()

    @abstractmethod
    def judge(self, evidence: Evidence) -> Finding:
        """Judge; pure, and total: any value has a finding."""
