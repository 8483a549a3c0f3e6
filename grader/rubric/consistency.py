"""Consistency checks of a rubric: names, totals and hidden probes, once each section is valid.

Paths of problems are those of the written form, so that they can be found in the file.
"""

from collections.abc import Iterator, Mapping

from grader.checks.base import BaseCheck
from grader.rubric.document import NOTEBOOK
from grader.rubric.hidden_models import pattern_problem
from grader.rubric.known_answers import KnownAnswer, Mistake, Variant
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

Path = tuple[str | int, ...]
Problem = tuple[Path, str]
_ROUNDING = 1e-9


def find_problems(rubric: Rubric) -> list[Problem]:
    """Return all contradictions between the sections of a rubric, each with its path."""
    problems = [
        *_check_checks(rubric),
        *_check_models_and_recordings(rubric),
        *_check_functions(rubric),
        *_check_answers(rubric),
        *_check_hidden(rubric),
        *_check_follow_through(rubric),
        *_check_pictures(rubric),
        *_check_duplicates(rubric),
    ]
    total = sum(c.points for c in rubric.criteria if not c.bonus)
    if abs(total - rubric.total) > _ROUNDING:
        text = f"the criteria add up to {total:g}, not {rubric.total:g}; total may be left out"
        problems.append((("total",), text))
    return problems


def answer_problems(rubric: Rubric, answer: KnownAnswer) -> list[Problem]:
    """Return what contradicts the rubric in a known answer, with paths within the answer.

    The criteria that a mistake fails are not checked: a rubric may leave some of them out.
    """
    problems: list[Problem] = []
    if answer.function not in rubric.functions:
        problems.append((("function",), f"no probe is about {answer.function!r}"))
    unknown = [name for name in answer.replace_values if name not in rubric.probes]
    problems += [(("replace_values",), f"no probe is named {name!r}") for name in unknown]
    if isinstance(answer, Variant) and answer.equivalent and answer.is_reference:
        problems.append(((), "an equivalent variant needs source or replace_values"))
    if isinstance(answer, Mistake):
        if (answer.source is None) == (not answer.replace_values):
            problems.append(((), "give either source or replace_values"))
        for i, check in enumerate(answer.when):
            problems += _check_names(rubric, ("when", i), check)
    return problems


def _path(criterion: Criterion) -> Path:
    return ("functions", criterion.function or NOTEBOOK, "criteria", criterion.id)


def _check_checks(rubric: Rubric) -> list[Problem]:
    return [
        problem
        for criterion in rubric.criteria
        for path, check in _checks(criterion)
        for problem in _check_names(rubric, path, check)
    ]


def _checks(criterion: Criterion) -> Iterator[tuple[Path, BaseCheck]]:
    """Yield a criterion's checks, those of its follow-through included, with their paths."""
    path, plan = _path(criterion), criterion.follow_through
    for i, check in enumerate(criterion.checks):
        yield (*path, "checks", i), check
    for i, check in enumerate(plan.checks if plan else ()):
        yield (*path, "follow_through", "checks", i), check


def _check_names(rubric: Rubric, path: Path, check: BaseCheck) -> list[Problem]:
    """Check that a check's probes and its tolerance class exist."""
    names = dict.fromkeys((*check.probes(), *check.references()))
    problems: list[Problem] = [
        (path, f"no probe is named {name!r}") for name in names if name not in rubric.probes
    ]
    tolerance = getattr(check, "tolerance", None)
    if tolerance is not None and tolerance not in rubric.all_tolerances:
        problems.append(((*path, "tolerance"), f"no tolerance class is named {tolerance!r}"))
    return problems


def _check_models_and_recordings(rubric: Rubric) -> list[Problem]:
    problems: list[Problem] = []
    if "grading" not in rubric.models:
        problems.append((("models",), "one of the models must be named 'grading'"))
    users: list[tuple[Path, Mapping[str, str]]] = [
        *((("probes", name), probe.models) for name, probe in rubric.probes.items()),
        *((("recordings", name), plan.models) for name, plan in rubric.recordings.items()),
    ]
    for path, models in users:
        unknown = [model for model in models.values() if model not in rubric.models]
        problems += [(path, f"no model is named {model!r}") for model in unknown]
    for name, probe in rubric.probes.items():
        problems += [
            (("probes", name, "use_recordings"), f"no recording is named {recording!r}")
            for recording in probe.use_recordings
            if recording not in rubric.recordings
        ]
    return problems


def _check_functions(rubric: Rubric) -> list[Problem]:
    """Check that every function with criteria or an explanation has a probe."""
    problems: list[Problem] = []
    if NOTEBOOK in rubric.functions:
        text = f"{NOTEBOOK!r} stands for the notebook as a whole: no probe may test such a function"
        problems.append((("probes",), text))
    with_criteria = (c.function for c in rubric.criteria if c.function)
    names = dict.fromkeys((*with_criteria, *rubric.explanations))
    unknown = [name for name in names if name not in {NOTEBOOK, *rubric.functions}]
    return problems + [(("functions", name), f"no probe is about {name!r}") for name in unknown]


def _check_answers(rubric: Rubric) -> list[Problem]:
    problems: list[Problem] = [
        (("probes", name), "side_effects needs an expression")
        for name, probe in rubric.probes.items()
        if probe.side_effects and probe.expression is None
    ]
    for variant in rubric.variants:
        found = answer_problems(rubric, variant)
        problems += [(("variants", variant.name, *rest), text) for rest, text in found]
    ids = {criterion.id for criterion in rubric.criteria}
    for mistake in rubric.own_mistakes:
        path: Path = ("mistakes", mistake.name)
        problems += [((*path, *rest), text) for rest, text in answer_problems(rubric, mistake)]
        for key in ("fails", "may_fail"):
            unknown = [name for name in getattr(mistake, key) if name not in ids]
            problems += [((*path, key), f"no criterion is named {name!r}") for name in unknown]
    return problems


def _check_hidden(rubric: Rubric) -> list[Problem]:
    problems: list[Problem] = []
    for name, pattern in rubric.hidden.items():
        if name not in rubric.models:
            problems.append((("hidden", name), f"no model is named {name!r}"))
        if problem := pattern_problem(pattern):
            problems.append((("hidden", name), problem))
    problems += [
        (("probes", name), "a hidden probe needs a model that is drawn (section hidden)")
        for name, probe in rubric.probes.items()
        if probe.hidden and not set(probe.models.values()) & set(rubric.hidden)
    ]
    problems += [
        (_path(criterion), "all its checks are hidden: a self-check would show nothing")
        for criterion in rubric.without_hidden().criteria
        if not criterion.checks
    ]
    return problems


def _check_follow_through(rubric: Rubric) -> list[Problem]:
    """Check that criteria follow from earlier ones only."""
    problems: list[Problem] = []
    for i, criterion in enumerate(rubric.criteria):
        earlier = {c.id for c in rubric.criteria[:i]}
        plan = criterion.follow_through
        problems += [
            ((*_path(criterion), "follow_through", "requires"), f"no earlier criterion is {name!r}")
            for name in (plan.requires if plan else ())
            if name not in earlier
        ]
    return problems


def _check_pictures(rubric: Rubric) -> list[Problem]:
    """Check that charts show probes which exist and are not hidden."""
    problems: list[Problem] = []
    for criterion in rubric.criteria:
        for i, plan in enumerate(criterion.pictures):
            path = (*_path(criterion), "pictures", i)
            for name in plan.probes():
                if name not in rubric.probes:
                    problems.append((path, f"no probe is named {name!r}"))
                elif rubric.probes[name].hidden:
                    problems.append((path, f"{name!r} is hidden: a picture would show its answer"))
            if not plan.probes():
                problems.append((path, "give either values or a probe"))
    return problems


def _check_duplicates(rubric: Rubric) -> list[Problem]:
    """Check that ids of criteria are unique across functions."""
    ids = [criterion.id for criterion in rubric.criteria]
    return [
        (_path(criterion), f"another criterion is named {criterion.id!r}")
        for i, criterion in enumerate(rubric.criteria)
        if criterion.id in ids[:i]
    ]
