"""Answers known in advance: accepted variants and known mistakes."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from grader.checks import Check
from grader.rubric.sections import Name, Part, Share

Hints = tuple[str, str, str]


class KnownAnswer(Part):
    """An answer known in advance: a function in place of the lab's, or other values."""

    function: Name
    """Function or variable of the lab that this is an answer to."""
    source: Name | None = None
    """Its function in the reference's module of variants or mistakes."""
    replace_values: Mapping[Name, str] = {}
    """For variables and figures: expressions that replace the values of these probes."""


class VariantEntry(KnownAnswer):
    """Another right answer; without source and replaced values it names the reference itself."""

    equivalent: bool = False
    """True if it gives the reference's values: only `grade rubric check` runs it."""
    note: str = ""
    """Sentence for the report of a student who gives this answer."""


class Variant(VariantEntry):
    """Another right answer, with its name."""

    name: Name

    @property
    def is_reference(self) -> bool:
        """True if this is the reference under another name."""
        return self.source is None and not self.replace_values

    @property
    def has_other_values(self) -> bool:
        """True if this gives other values than the reference."""
        return not self.is_reference and not self.equivalent


class MistakeEntry(KnownAnswer):
    """A known wrong answer, and the feedback for students who give it."""

    when: tuple[Check, ...] = ()
    """Checks that recognise the mistake if all of them pass, instead of equal values."""
    message: str
    """Sentence for the student that says what this answer does."""
    hints: Hints
    """Three hints: a nudge, a pointer, and nearly the solution."""
    credit: Share = 0.0
    """Share of the criterion's points that this answer still earns."""
    fails: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Criteria that this answer must fail; it passes the function's others."""
    may_fail: tuple[Name, ...] = ()
    """Criteria that this answer fails on some models and passes on others."""


class Mistake(MistakeEntry):
    """A known wrong answer, with its name."""

    name: Name


class Rewording(Part):
    """Replacement of a known mistake's feedback; what is left out stays as it is."""

    message: str | None = None
    """Sentence for the student, instead of the mistake's own."""
    hints: Hints | None = None
    """Three hints, instead of the mistake's own."""
    credit: Share | None = None
    """Share of the points, instead of the mistake's own."""


Answer = Variant | Mistake
