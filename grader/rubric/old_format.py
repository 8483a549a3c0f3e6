"""Explains rubrics of the old format, before criteria were grouped by function."""

from collections.abc import Iterable

from grader.errors import RubricError
from grader.files.yaml_document import Problem, YamlDocument

_SECTIONS = ("criteria", "explanations")
RENAMED_KEYS = {
    "alike": "equivalent",
    "among": "consider_top",
    "at_least": "min_count",
    "cycle": "cycle_over",
    "draws": "n_seeds",
    "grid": "inputs",
    "instead": "replace_values",
    "least": "min_score",
    "left": "leaves",
    "loses": "fails",
    "may_lose": "may_fail",
    "of": "equals_probe",
    "provide": "use_recordings",
    "replaces": "function",
    "says": "message",
    "together": "all_or_nothing",
}
"""Keys of the old format, and what they are called now."""
RENAMED_KINDS = {
    "causal": "ablation_effect",
    "direction": "effect_direction",
    "parts": "mapping_close",
    "relation": "metamorphic",
    "strays": "false_positives",
}
"""Check kinds of the old format, and what they are called now."""
_UNKNOWN = "Extra inputs are not permitted"
_ABSENT = "Field required"


def reject_old_format(document: YamlDocument) -> None:
    """Raise if a file has the layout of the old format, where criteria were one list.

    Raises:
        RubricError: One line that says what changed.
    """
    data = document.mapping()
    old = [name for name in _SECTIONS if name in data]
    old += [name for name in ("variants", "mistakes") if isinstance(data.get(name), list)]
    if old:
        raise RubricError(
            f"{document.name}:{document.line((old[0],))}: {old[0]}: this rubric has the old "
            "format. Criteria and explanations now stand below their function in `functions:`, "
            "variants and mistakes below their names, and some keys have other names: "
            "see 'From the old format' in docs/rubrics.md."
        )


def explain_old_names(problems: Iterable[Problem]) -> list[Problem]:
    """Say of unknown keys and check kinds what they are called now."""
    listed = list(problems)
    renamed = {
        (*place[:-1], RENAMED_KEYS[str(place[-1])])
        for place, what in listed
        if what == _UNKNOWN and place[-1] in RENAMED_KEYS
    }
    return [
        (place, _explained(place, what))
        for place, what in listed
        if not (what == _ABSENT and place in renamed)
    ]


def _explained(place: tuple[str | int, ...], what: str) -> str:
    if what == _UNKNOWN and place[-1] in RENAMED_KEYS:
        return f"this key is now called {RENAMED_KEYS[str(place[-1])]}"
    for old, new in RENAMED_KINDS.items():
        if what.startswith(f"Input tag '{old}' "):
            return f"the check kind {old!r} is now called {new!r}"
    return what
