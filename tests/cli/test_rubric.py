"""`grade rubric`: a rubric shown, and the schema it is checked with."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from grader.cli import cli
from grader.cli.rubric import schema_text
from grader.rubric.load import find_rubric

RUBRICS = Path(__file__).parents[2] / "rubrics"


@pytest.fixture
def written() -> dict[str, Any]:
    """The lab's rubric as it is written."""
    text = (RUBRICS / "induction_heads.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def said(*arguments: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(cli, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_schema_that_ships_is_the_one_printed() -> None:
    """Editors check with what the grader reads rubrics by."""
    shipped = (RUBRICS / "rubric.schema.json").read_text(encoding="utf-8")
    assert shipped == said("rubric", "schema") == schema_text()


def test_the_rubric_points_its_editor_to_the_schema() -> None:
    """The rubric's first line names the file beside it."""
    text = (RUBRICS / "induction_heads.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=rubric.schema.json\n")


def test_the_labs_rubric_fits_the_schema(written: dict[str, Any]) -> None:
    """What the grader accepts, an editor accepts; the schema itself is a valid one."""
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written, schema)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [("limits", "cel", 3), ("limits", "cell", -1), ("models", "grading", 4)],
)
def test_the_schema_finds_mistakes(
    written: dict[str, Any], part: str, key: str, value: object
) -> None:
    """A key that does not exist, a number out of range and a wrong kind are found."""
    written[part][key] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, json.loads(schema_text()))


def test_the_schema_says_what_keys_mean() -> None:
    """Every key of a probe and of a criterion that is not plain has its meaning beside it."""
    parts = json.loads(schema_text())["$defs"]
    assert parts["Probe"]["properties"]["draws"]["description"].startswith("Seeds the reference")
    assert parts["Criterion"]["properties"]["together"]["description"]


def test_show_names_everything() -> None:
    """Each criterion's title, each variant, mistake, model and tolerance class is shown."""
    rubric, text = find_rubric(None).rubric, " ".join(said("rubric", "show").split())
    for name in (*rubric.models.values(), *rubric.all_tolerances):
        assert name in text
    assert all(variant.name in text for variant in rubric.variants)
    assert all(mistake.name in text for mistake in rubric.mistakes)
    assert all(criterion.title in text for criterion in rubric.criteria)


def test_a_rubric_that_is_absent_is_one_line(tmp_path: Path) -> None:
    """A file that is not there is an error of ours, not a traceback."""
    result = CliRunner().invoke(cli, ["rubric", "show", str(tmp_path / "none.yaml")])
    assert type(result.exception).__name__ == "RubricError"
