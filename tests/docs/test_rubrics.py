"""docs/rubrics.md: its examples are valid, and it explains every key and check kind."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, TypeAdapter

from grader.checks import CHECK_KINDS, DEFAULT_TOLERANCES, Check, Tolerance
from grader.grading.pipeline import grade_notebook
from grader.report.model import Report
from grader.rubric.document import FunctionSection, RubricDocument
from grader.rubric.known_answers import MistakeEntry, VariantEntry
from grader.rubric.old_format import RENAMED_KEYS, RENAMED_KINDS
from grader.rubric.sections import (
    CriterionEntry,
    FollowThrough,
    Limits,
    Probe,
    RecordingPlan,
    ReferencePlan,
)
from tests.docs.kinds import PICTURES
from tests.docs.pages import blocks, text
from tests.docs.workplace import WRONG, write_files
from tests.notebooks import function_cells, write

PAGE = "docs/rubrics.md"
SECTIONS: dict[str, tuple[type[BaseModel], ...]] = {
    "Keys at the top": (RubricDocument,),
    "Limits": (Limits,),
    "Tolerances": (Tolerance,),
    "The reference": (ReferencePlan,),
    "Probes": (Probe,),
    "Recordings": (RecordingPlan,),
    "Functions and criteria": (FunctionSection, CriterionEntry, FollowThrough),
    "Variants": (VariantEntry,),
    "Mistakes": (MistakeEntry,),
}
EXAMPLES = [yaml.safe_load(block.text) for block in blocks(PAGE) if block.language == "yaml"]


def section(title: str) -> str:
    """Return the text under a heading, up to the next."""
    found = re.search(rf"^##+ `?{title}`?\n(.*?)(?=^##|\Z)", text(PAGE), re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[1]


def unexplained(title: str, models: tuple[type[BaseModel], ...]) -> list[str]:
    """Return the keys of some models that a section does not mention."""
    body = section(title)
    keys = [key for model in models for key in model.model_fields if key != "kind"]
    return [key for key in keys if not re.search(rf"`{key}[`:]|\b{key}:", body)]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_explained(title: str) -> None:
    """Every key of a rubric stands in the section it belongs to."""
    assert unexplained(title, SECTIONS[title]) == []


@pytest.mark.parametrize("kind", PICTURES)
def test_every_picture_kind_has_an_example_and_its_keys(kind: str) -> None:
    """The section on pictures has an example of each kind and explains its keys."""
    assert unexplained("Pictures", (PICTURES[kind],)) == []
    assert f"kind: {kind}" in section("Pictures")
    assert f"| `{kind}` |" in section("Pictures")


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_every_check_kind_has_a_section_an_example_and_its_keys(kind: str) -> None:
    """The section of a check kind explains its keys and has an example of both forms."""
    missing = unexplained(kind, (CHECK_KINDS[kind],))
    assert [key for key in missing if key != "weight"] == []
    assert f"kind: {kind}" in section(kind)
    assert re.search(rf"^- {{?{kind}: ", section(kind), re.MULTILINE)
    assert "`weight`" in section("Check kinds")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: str(one)[:40])
def test_an_example_is_valid(example: Any) -> None:
    """A list holds checks; everything else are sections of a rubric."""
    if isinstance(example, list):
        TypeAdapter(tuple[Check, ...]).validate_python(example)
    else:
        for key, value in example.items():
            expected: Any = RubricDocument.model_fields[key].annotation
            TypeAdapter(expected).validate_python(value)


def test_every_renamed_key_is_listed() -> None:
    """The section on the old format lists every key and check kind that has another name now."""
    body = section("From the old format")
    assert [k for k, new in RENAMED_KEYS.items() if f"| `{k}` | `{new}` |" not in body] == []
    names = [name for pair in RENAMED_KINDS.items() for name in pair]
    assert [name for name in names if f"`{name}`" not in body] == []


def test_default_tolerances_are_the_documented_ones() -> None:
    """The table of classes lists each default class with its numbers."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", section("Tolerances"), re.MULTILINE)
    found = {
        name: Tolerance(**{k: float(v) for k, v in re.findall(r"`(\w+)` ([\d.e-]+)", numbers)})
        for name, numbers in rows
    }
    assert found == DEFAULT_TOLERANCES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page's rubric and two notebooks."""
    made = tmp_path_factory.mktemp("rubric")
    write_files(made, PAGE)
    write(made / "right.ipynb", function_cells())
    write(made / "wrong.ipynb", [*function_cells(), WRONG])
    return made


def graded(folder: Path, name: str) -> Report:
    """Grade a notebook by the page's rubric."""
    return grade_notebook(folder / f"{name}.ipynb", rubric=folder / "my_rubric.yaml")


@pytest.mark.kernel
def test_the_whole_example_grades(folder: Path) -> None:
    """A right notebook earns all points, a wrong one the credit of the page's mistake."""
    assert graded(folder, "right").full_marks
    wrong = graded(folder, "wrong")
    assert wrong.score == 4 + 6 * 0.25
    assert [v.misconception for v in wrong.verdicts] == [None, "target_not_shifted"]
