"""The written form of a rubric: the sections of its YAML files, grouped for their readers.

`RubricDocument` validates what stands in the files and converts it to the `Rubric` that the rest of
the grader works with. A rubric is one file, or a folder in which each section has its file:
`rubric.yaml` for instructors, `probes.yaml` for everything that an answer key is built from.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from grader.checks import CHECK_KINDS, Tolerance
from grader.rubric.known_answers import (
    Mistake,
    MistakeEntry,
    Rewording,
    Variant,
    VariantEntry,
)
from grader.rubric.model import Rubric
from grader.rubric.sections import (
    Criterion,
    CriterionEntry,
    Limits,
    Name,
    Part,
    Points,
    Probe,
    RecordingPlan,
    ReferencePlan,
)

NOTEBOOK = "notebook"
"""Entry of `functions` for criteria that belong to no single function."""
DEFINITION, REWORDING = "definition", "rewording"
"""Tags of the two kinds of entries of `mistakes`."""
RUBRIC_FILE, PROBES_FILE = "rubric.yaml", "probes.yaml"
"""Files of a rubric that is a folder."""
PROBES_SECTIONS = ("models", "hidden", "reference", "recordings", "probes", "variants")
"""Sections that belong in `probes.yaml`: an answer key is built from them."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class FunctionSection(Part):
    """A function or variable of the lab: its background, and the criteria that judge it."""

    explanation: str = ""
    """Background for students who lost points: what the function is about, not the answer."""
    criteria: Mapping[Name, CriterionEntry] = {}
    """Criteria by id, in the order of the report."""


def _mistake_tag(data: object) -> str:
    """Tell a known mistake from a rewording: only a definition names its function."""
    if isinstance(data, Mapping):
        return DEFINITION if "function" in data else REWORDING
    return DEFINITION if isinstance(data, MistakeEntry) else REWORDING


_MistakeSection = Annotated[
    Annotated[MistakeEntry, Tag(DEFINITION)] | Annotated[Rewording, Tag(REWORDING)],
    Discriminator(_mistake_tag),
]


class RubricDocument(Part):
    """All sections of a rubric, as they are written."""

    lab: Name
    """Name of the lab; its answer key and its notebooks are found by it."""
    title: str
    """Title for reports."""
    version: str
    """Version for reports."""
    total: Points | None = None
    """Points of all criteria without `bonus`. May be left out; if given, it must be their sum."""
    limits: Limits = Limits()
    """Resource limits of a submission."""
    tolerances: Mapping[str, Tolerance] = {}
    """Tolerance classes by name, in addition to the defaults or instead of them."""
    functions: Annotated[Mapping[Name, FunctionSection], Field(min_length=1)]
    """Functions and variables that are graded; `notebook` is for criteria about no single one."""
    mistakes: Mapping[Name, _MistakeSection] = {}
    """Known mistakes by name; without a `function`, a change of the feedback of one."""
    models: Mapping[str, str]
    """Models by name; `grading` is the one that the notebook itself gets."""
    hidden: Mapping[str, str] = {}
    """Patterns that models of these names are drawn from for hidden probes."""
    reference: ReferencePlan
    """Location of the reference solution."""
    recordings: Mapping[str, RecordingPlan] = {}
    """Recorded calls of reference functions, by name."""
    probes: Mapping[str, Probe]
    """Expressions that are evaluated in the notebook, by name."""
    variants: Mapping[Name, VariantEntry] = {}
    """Other right answers that the report names, by name."""

    def to_rubric(self) -> Rubric:
        """Return the rubric: criteria in one list, each with its id and function."""
        criteria = tuple(
            Criterion(
                id=name,
                function=None if function == NOTEBOOK else function,
                **_values(entry),
            )
            for function, section in self.functions.items()
            for name, entry in section.criteria.items()
        )
        same = ("lab", "title", "version", "limits", "tolerances", "models", "hidden", "reference")
        return Rubric(
            **{name: getattr(self, name) for name in (*same, "recordings", "probes")},
            total=sum(c.points for c in criteria if not c.bonus)
            if self.total is None
            else self.total,
            variants=tuple(Variant(name=n, **_values(v)) for n, v in self.variants.items()),
            mistakes=tuple(
                Mistake(name=name, **_values(entry))
                for name, entry in self.mistakes.items()
                if isinstance(entry, MistakeEntry)
            ),
            rewordings={n: e for n, e in self.mistakes.items() if isinstance(e, Rewording)},
            explanations={n: s.explanation for n, s in self.functions.items() if s.explanation},
            criteria=criteria,
        )


def _values(part: Part) -> dict[str, Any]:
    return {name: getattr(part, name) for name in type(part).model_fields}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema that fits a rubric's file, or each of its files."""
    schema = {"$schema": _DIALECT, **RubricDocument.model_json_schema()}
    del schema["required"]  # each file of a folder has some of the sections
    for name, kind in CHECK_KINDS.items():
        definition = schema["$defs"][kind.__name__]
        schema["$defs"][kind.__name__] = _with_compact_form(name, kind.compact, definition)
    return schema


def _with_compact_form(
    kind: str, fields: tuple[str, ...], definition: dict[str, Any]
) -> dict[str, Any]:
    """Allow both forms of a check: `{kind: close, probe: scores}` and `{close: scores}`."""
    properties = dict(definition["properties"])
    items = [properties[name] for name in fields]
    value = items[0]
    if len(items) > 1:
        value = {"type": "array", "prefixItems": items, "minItems": len(items), "items": False}
    moved = {"kind", *fields}
    rest = {name: schema for name, schema in properties.items() if name not in moved}
    required = [name for name in definition["required"] if name not in moved]
    compact = {
        "additionalProperties": False,
        "properties": {kind: value, **rest},
        "required": [kind, *required],
        "type": "object",
    }
    full = {key: value for key, value in definition.items() if key not in {"title", "description"}}
    head = {key: value for key, value in definition.items() if key in {"title", "description"}}
    return head | {"anyOf": [full, compact]}
