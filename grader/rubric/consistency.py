"""What is wrong between the parts of a rubric whose parts are right."""

from collections.abc import Iterator, Mapping

from grader.checks.base import BaseCheck
from grader.rubric.hidden_models import pattern_problem
from grader.rubric.model import Answer, Rubric

Path = tuple[str | int, ...]


def contradictions(rubric: Rubric) -> list[tuple[Path, str]]:
    """What is wrong between the parts of a rubric whose parts are right: (path, what)."""
    found = [
        *_unknown_names(rubric),
        *_probe_names(rubric),
        *_functions(rubric),
        *_answers(rubric),
        *_hidden(rubric),
        *_following(rubric),
        *_pictures(rubric),
        *_repeats(rubric),
    ]
    total = sum(c.points for c in rubric.criteria if not c.bonus)
    if abs(total - rubric.total) > 1e-9:  # noqa: PLR2004 (rounding of decimal points)
        found.append((("total",), f"the criteria add up to {total:g}, not {rubric.total:g}"))
    return found


def _unknown_names(rubric: Rubric) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for at, check in _checks(rubric):
        names = dict.fromkeys((*check.probes(), *check.references()))
        found += [
            (at, f"no probe is named {name!r}") for name in names if name not in rubric.probes
        ]
        tolerance = getattr(check, "tolerance", None)
        if tolerance is not None and tolerance not in rubric.all_tolerances:
            found.append(((*at, "tolerance"), f"no tolerance class is named {tolerance!r}"))
    return found


def _checks(rubric: Rubric) -> Iterator[tuple[Path, BaseCheck]]:
    """Every check of the rubric, wherever one may stand."""
    for i, criterion in enumerate(rubric.criteria):
        for j, check in enumerate(criterion.checks):
            yield ("criteria", i, "checks", j), check
        plan = criterion.follow_through
        for j, check in enumerate(plan.checks if plan else ()):
            yield ("criteria", i, "follow_through", "checks", j), check
    for i, mistake in enumerate(rubric.mistakes):
        for j, check in enumerate(mistake.when):
            yield ("mistakes", i, "when", j), check


def _probe_names(rubric: Rubric) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    if "grading" not in rubric.models:
        found.append((("models",), "one of the models must be named 'grading'"))
    worlds: list[tuple[tuple[str, str], Mapping[str, str]]] = [
        *((("probes", name), probe.models) for name, probe in rubric.probes.items()),
        *((("recordings", name), plan.models) for name, plan in rubric.recordings.items()),
    ]
    for at, models in worlds:
        found += [
            (at, f"no model is named {m!r}") for m in models.values() if m not in rubric.models
        ]
    for name, probe in rubric.probes.items():
        unknown = [r for r in probe.provide if r not in rubric.recordings]
        found += [(("probes", name, "provide"), f"no recording is named {r!r}") for r in unknown]
    return found


def _functions(rubric: Rubric) -> list[tuple[Path, str]]:
    """Criteria, variants and mistakes that are about a function no probe asks for."""
    about: list[tuple[str, int, str | None]] = [
        *(("criteria", i, c.function) for i, c in enumerate(rubric.criteria)),
        *(("variants", i, v.function) for i, v in enumerate(rubric.variants)),
        *(("mistakes", i, m.function) for i, m in enumerate(rubric.mistakes)),
    ]
    return [
        ((section, i, "function"), f"no probe is about {function!r}")
        for section, i, function in about
        if function is not None and function not in rubric.functions
    ]


def _answers(rubric: Rubric) -> list[tuple[Path, str]]:
    """Variants and mistakes that say no answer, and what mistakes say they lose."""
    found: list[tuple[Path, str]] = []
    ids = {criterion.id for criterion in rubric.criteria}
    for i, variant in enumerate(rubric.variants):
        if variant.alike and variant.is_own:
            found.append((("variants", i), "an alike variant needs a source, or what is instead"))
    found += [
        (("probes", name), "only an expression has side effects")
        for name, probe in rubric.probes.items()
        if probe.side_effects and probe.expression is None
    ]
    for i, mistake in enumerate(rubric.mistakes):
        at = ("mistakes", i)
        if (mistake.source is None) == (not mistake.instead):
            found.append((at, "give either a source or what stands instead of some probes"))
        found += [
            (at, f"no criterion is named {name!r}")
            for name in (*mistake.loses, *mistake.may_lose)
            if name not in ids
        ]
    answers: list[tuple[str, int, Answer]] = [
        *(("variants", i, v) for i, v in enumerate(rubric.variants)),
        *(("mistakes", i, m) for i, m in enumerate(rubric.mistakes)),
    ]
    found += [
        ((section, i, "instead"), f"no probe is named {name!r}")
        for section, i, answer in answers
        for name in answer.instead
        if name not in rubric.probes
    ]
    return found


def _hidden(rubric: Rubric) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for name, pattern in rubric.hidden.items():
        if name not in rubric.models:
            found.append((("hidden", name), f"no model is named {name!r}"))
        if problem := pattern_problem(pattern):
            found.append((("hidden", name), problem))
    found += [
        (("probes", name), "a hidden probe needs a model that is drawn")
        for name, probe in rubric.probes.items()
        if probe.hidden and not set(probe.models.values()) & set(rubric.hidden)
    ]
    found += [
        (("criteria", i), "all its checks are hidden: a self-check shows nothing")
        for i, criterion in enumerate(rubric.without_hidden().criteria)
        if not criterion.checks
    ]
    return found


def _following(rubric: Rubric) -> list[tuple[Path, str]]:
    """A criterion follows from earlier ones only."""
    found: list[tuple[Path, str]] = []
    for i, criterion in enumerate(rubric.criteria):
        earlier = {c.id for c in rubric.criteria[:i]}
        plan = criterion.follow_through
        found += [
            (("criteria", i, "follow_through", "requires"), f"{name!r} is no criterion before this")
            for name in (plan.requires if plan else ())
            if name not in earlier
        ]
    return found


def _pictures(rubric: Rubric) -> list[tuple[Path, str]]:
    """What is shown must be asked, and of everyone; what is explained must be asked about."""
    found: list[tuple[Path, str]] = [
        (("explanations", name), f"no probe is about {name!r}")
        for name in rubric.explanations
        if name not in rubric.functions
    ]
    for i, criterion in enumerate(rubric.criteria):
        for j, plan in enumerate(criterion.pictures):
            at = ("criteria", i, "pictures", j)
            for name in plan.probes():
                if name not in rubric.probes:
                    found.append((at, f"no probe is named {name!r}"))
                elif rubric.probes[name].hidden:
                    found.append((at, f"{name!r} is hidden: a picture would show its answer"))
            if not plan.probes():
                found.append((at, "give either values or a probe"))
    return found


def _repeats(rubric: Rubric) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for section, names in (
        ("criteria", [c.id for c in rubric.criteria]),
        ("variants", [v.name for v in rubric.variants]),
        ("mistakes", [m.name for m in rubric.mistakes]),
    ):
        found += [
            ((section, i), f"{name!r} stands twice")
            for i, name in enumerate(names)
            if name in names[:i]
        ]
    return found
