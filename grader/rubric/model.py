"""The rubric: what is probed, how answers are judged and what they are worth, all of it as data.

`Rubric` is what the rest of the grader works with. How a rubric is written down, in one file or in
the files of a folder, is `grader.rubric.document`'s.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from grader.checks import DEFAULT_TOLERANCES, Tolerance
from grader.errors import RubricError
from grader.rubric.known_answers import Answer, Mistake, Rewording, Variant
from grader.rubric.sections import (
    Criterion,
    Limits,
    Name,
    Part,
    Points,
    Probe,
    RecordingPlan,
    ReferencePlan,
)

_IDENTIFIER = re.compile(r"\w+")


class Rubric(Part):
    """A whole rubric, as `grader.rubric.load.load_rubric` returns it."""

    lab: Name
    title: str
    version: str
    total: Points
    """Sum of the points of all criteria that are no bonus."""
    models: Mapping[str, str]
    """Names used by probes, and the models they stand for; ``grading`` is the notebook's own."""
    hidden: Mapping[str, str] = {}
    """Patterns that hidden models are drawn from, such as `planted-5..8x4..6@*`."""
    limits: Limits = Limits()
    tolerances: Mapping[str, Tolerance] = {}
    reference: ReferencePlan
    recordings: Mapping[str, RecordingPlan] = {}
    probes: Mapping[str, Probe]
    variants: tuple[Variant, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    """Known mistakes: the rubric's own and, after `with_mistakes`, those of the answer key."""
    attached_mistakes: tuple[Name, ...] = ()
    """Names of the mistakes that `with_mistakes` added; the rubric's files do not hold them."""
    rewordings: Mapping[Name, Rewording] = {}
    """Changes of the feedback of mistakes that come with the answer key."""
    explanations: Mapping[Name, str] = {}
    """Background of a function or variable, for students who lost points on it."""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @property
    def all_tolerances(self) -> dict[str, Tolerance]:
        """The default tolerance classes, overridden and extended by the rubric's own."""
        return {**DEFAULT_TOLERANCES, **self.tolerances}

    @property
    def functions(self) -> tuple[str, ...]:
        """All functions and variables that probes test, in order."""
        return tuple(dict.fromkeys(probe.function for probe in self.probes.values()))

    @property
    def own_mistakes(self) -> tuple[Mistake, ...]:
        """The known mistakes that the rubric's own files define."""
        return tuple(m for m in self.mistakes if m.name not in self.attached_mistakes)

    def bindings_of(self, answer: Answer) -> dict[str, str]:
        """Return the expressions that a known answer binds to functions and variables."""
        if answer.source is not None:
            return {answer.function: answer.source}
        plain = {name for name, probe in self.probes.items() if probe.expression is None}
        replaced = answer.replace_values.items()
        return {self.probes[name].function: text for name, text in replaced if name in plain}

    def answered_probes(self, answer: Answer) -> tuple[str, ...]:
        """Return the probes for which a known answer has a value of its own."""
        if answer.source is not None:
            return tuple(
                name
                for name, probe in self.probes.items()
                if probe.function == answer.function and probe.expression and not probe.figures
            )
        bound = self.bindings_of(answer).keys()
        return tuple(
            name
            for name, probe in self.probes.items()
            if name in answer.replace_values
            or bound & set(_IDENTIFIER.findall(probe.expression or ""))
        )

    def with_mistakes(self, known: Iterable[Mistake]) -> "Rubric":
        """Return the rubric with known mistakes added, such as those of an answer key.

        The rubric's own mistakes take precedence, its rewordings are applied, and a mistake that
        fails none of the rubric's criteria is left out: the instructor has removed them.

        Raises:
            RubricError: The rubric rewords a mistake that does not exist.
        """
        own = self.own_mistakes
        defined = {mistake.name for mistake in own}
        others = {mistake.name: mistake for mistake in known if mistake.name not in defined}
        for name in self.rewordings:
            if name not in others:
                raise RubricError(
                    f"mistakes.{name}: no mistake of the lab has this name, so there is nothing "
                    "to reword (`grade rubric show` lists them)."
                )
        ids = {criterion.id for criterion in self.criteria}
        attached = tuple(
            self._reworded(mistake)
            for mistake in others.values()
            if ids.intersection((*mistake.fails, *mistake.may_fail))
        )
        names = tuple(mistake.name for mistake in attached)
        return self.model_copy(update={"mistakes": (*attached, *own), "attached_mistakes": names})

    def _reworded(self, mistake: Mistake) -> Mistake:
        change = self.rewordings.get(mistake.name)
        if change is None:
            return mistake
        return mistake.model_copy(update=change.model_dump(exclude_none=True))

    def on_model(self, name: str | None) -> "Rubric":
        """Return the rubric with another grading model; None keeps its own."""
        if name is None:
            return self
        return self.model_copy(update={"models": {**self.models, "grading": name}})

    def without_hidden(self) -> "Rubric":
        """Return the public part: the rubric without hidden probes and their checks."""
        hidden = {name for name, probe in self.probes.items() if probe.hidden}
        if not hidden:
            return self
        criteria = tuple(
            c.model_copy(
                update={"checks": tuple(k for k in c.checks if not hidden & set(k.probes()))}
            )
            for c in self.criteria
        )
        probes = {name: probe for name, probe in self.probes.items() if name not in hidden}
        return self.model_copy(update={"criteria": criteria, "probes": probes})

    def only_hidden(self) -> "Rubric":
        """Return the rubric with its hidden probes only, for building a hidden key."""
        probes = {name: probe for name, probe in self.probes.items() if probe.hidden}
        return self.model_copy(update={"probes": probes})

    def select(self, name: str | None) -> "Rubric":
        """Select the criteria of one id or function, with those they follow from and their probes.

        Attach known mistakes first: the probes they are recognised with are selected too.
        """
        if name is None:
            return self
        chosen = [c for c in self.criteria if name in {c.id, c.function}]
        plans = [c.follow_through for c in chosen if c.follow_through]
        ids = {c.id for c in chosen} | {required for plan in plans for required in plan.requires}
        criteria = tuple(c for c in self.criteria if chosen and c.id in ids)
        needed = {probe for criterion in criteria for probe in criterion.all_probes()}
        shown = {probe for criterion in chosen for probe in criterion.shown_probes()}
        needed |= {
            probe
            for probe in shown & self.probes.keys()
            if self.probes[probe].function in {c.function for c in chosen}
        }
        needed |= {p for m in self.mistakes for check in m.when for p in check.references()}
        probes = {key: probe for key, probe in self.probes.items() if key in needed}
        return self.model_copy(update={"criteria": criteria, "probes": probes})
