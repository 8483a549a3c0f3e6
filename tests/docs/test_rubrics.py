"""docs/rubrics.md: its examples are valid, and it names every key and check kind there is."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, TypeAdapter

from grader.checks import DEFAULT_TOLERANCES, Check, Tolerance
from grader.grading.pipeline import grade
from grader.grading.session import Settings
from grader.report.model import Report
from grader.rubric.load import load_rubric
from grader.rubric.model import (
    Criterion,
    FollowThrough,
    Limits,
    Mistake,
    Probe,
    RecordingPlan,
    ReferencePlan,
    Rubric,
    Variant,
)
from tests.docs.kinds import CHECKS, PICTURES
from tests.docs.pages import blocks, text
from tests.docs.workplace import WRONG, write_files
from tests.notebooks import function_cells, write

PAGE = "docs/rubrics.md"
SECTIONS: dict[str, tuple[type[BaseModel], ...]] = {
    "Keys at the top": (Rubric,),
    "Limits": (Limits,),
    "Tolerances": (Tolerance,),
    "The reference": (ReferencePlan,),
    "Probes": (Probe,),
    "Recordings": (RecordingPlan,),
    "Criteria": (Criterion, FollowThrough),
    "Variants": (Variant,),
    "Mistakes": (Mistake,),
}
EXAMPLES = [yaml.safe_load(block.text) for block in blocks(PAGE) if block.language == "yaml"]


def section(title: str) -> str:
    """What the page says under a heading, up to the next."""
    found = re.search(rf"^##+ `?{title}`?\n(.*?)(?=^##|\Z)", text(PAGE), re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[1]


def absent(title: str, models: tuple[type[BaseModel], ...]) -> list[str]:
    """The keys of some models that a section does not name."""
    said = section(title)
    keys = [key for model in models for key in model.model_fields if key != "kind"]
    return [key for key in keys if not re.search(rf"`{key}[`:]|\b{key}:", said)]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_named(title: str) -> None:
    """Every key that a rubric may have stands in the section that it belongs to."""
    own = section("Pictures and explanations")
    missing = absent(title, SECTIONS[title])
    assert [key for key in missing if key != "pictures" or f"`{key}`" not in own] == []


@pytest.mark.parametrize("kind", PICTURES)
def test_every_picture_kind_has_an_example_and_its_keys(kind: str) -> None:
    """What it shows, and every key of it."""
    assert absent("Pictures and explanations", (PICTURES[kind],)) == []
    assert f"kind: {kind}" in section("Pictures and explanations")
    assert f"| `{kind}` |" in section("Pictures and explanations")


@pytest.mark.parametrize("kind", CHECKS)
def test_every_check_kind_has_a_section_an_example_and_its_keys(kind: str) -> None:
    """What it is for, every key of its own, and YAML to begin from."""
    missing = absent(kind, (CHECKS[kind],))
    assert [key for key in missing if key != "weight"] == []
    assert f"kind: {kind}" in section(kind)
    assert "`weight`" in section("Check kinds")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: str(one)[:40])
def test_an_example_is_valid(example: Any) -> None:
    """A list holds checks; all else are parts of a rubric under the keys they belong to."""
    if isinstance(example, list):
        TypeAdapter(tuple[Check, ...]).validate_python(example)
    else:
        for key, value in example.items():
            wanted: Any = Rubric.model_fields[key].annotation
            TypeAdapter(wanted).validate_python(value)


def test_default_tolerances_are_the_documented_ones() -> None:
    """The table of classes holds each default with its numbers."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", section("Tolerances"), re.MULTILINE)
    found = {
        name: Tolerance(**{k: float(v) for k, v in re.findall(r"`(\w+)` ([\d.e-]+)", numbers)})
        for name, numbers in rows
    }
    assert found == DEFAULT_TOLERANCES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's own rubric, and two notebooks."""
    made = tmp_path_factory.mktemp("rubric")
    write_files(made, PAGE)
    write(made / "right.ipynb", function_cells())
    write(made / "wrong.ipynb", [*function_cells(), WRONG])
    return made


def graded(folder: Path, name: str) -> Report:
    """A notebook's report by the page's rubric."""
    file = load_rubric(folder / "my_rubric.yaml")
    return grade(folder / f"{name}.ipynb", file, Settings())


@pytest.mark.kernel
def test_the_whole_example_grades(folder: Path) -> None:
    """A right notebook has all points of it, a wrong one what the page's mistake earns."""
    assert graded(folder, "right").full_marks
    wrong = graded(folder, "wrong")
    assert wrong.score == 4 + 6 * 0.25
    assert [v.misconception for v in wrong.verdicts] == [None, "target_not_shifted"]
