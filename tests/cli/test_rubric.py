"""`grade rubric` shows a rubric and prints the schema of rubric files."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from grader.answer_key.find import rubric_with_mistakes
from grader.cli import cli
from grader.cli.check_rubric import schema_text
from grader.rubric.load import load_rubric

RUBRICS = Path(__file__).parents[2] / "rubrics"


PARTS = [RUBRICS / "induction_heads" / name for name in ("rubric.yaml", "probes.yaml")]


@pytest.fixture
def written() -> dict[str, Any]:
    """Return all sections of the lab's rubric, as they are written."""
    return {
        name: section
        for path in PARTS
        for name, section in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


def output(*arguments: str) -> str:
    """Return what the command prints."""
    result = CliRunner().invoke(cli, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_schema_that_ships_is_the_one_printed() -> None:
    """Editors use the same schema as the grader."""
    shipped = (RUBRICS / "rubric.schema.json").read_text(encoding="utf-8")
    assert shipped == output("rubric", "schema") == schema_text()


def test_the_rubric_points_its_editor_to_the_schema() -> None:
    """The first line of both files names the schema."""
    for path in PARTS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=../rubric.schema.json\n")


def test_the_labs_rubric_fits_the_schema(written: dict[str, Any]) -> None:
    """The schema is valid and accepts the lab's rubric."""
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written, schema)


def test_each_file_of_the_rubric_fits_the_schema() -> None:
    """Editors check one file at a time: no section is required."""
    schema = json.loads(schema_text())
    for path in PARTS:
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema)


def test_the_schema_finds_mistakes_in_checks(written: dict[str, Any]) -> None:
    """A check has a kind and its probe, in one of the two forms, and known keys only."""
    schema = json.loads(schema_text())
    criterion = written["functions"]["compute_k_composition"]["criteria"]["k_composition_values"]
    for good in ({"close": "scores"}, {"kind": "close", "probe": "scores", "weight": 2}):
        criterion["checks"] = [good]
        jsonschema.validate(written, schema)
    for bad in ({"clos": "x"}, {"close": "x", "probe": "x"}, {"close": "x", "among": 3}, {}):
        criterion["checks"] = [bad]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(written, schema)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [("limits", "cel", 3), ("limits", "cell", -1), ("models", "grading", 4)],
)
def test_the_schema_finds_mistakes(
    written: dict[str, Any], part: str, key: str, value: object
) -> None:
    """The schema rejects unknown keys, numbers out of range and wrong types."""
    written[part][key] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, json.loads(schema_text()))


def test_the_schema_describes_keys() -> None:
    """Keys of probes and criteria have descriptions."""
    parts = json.loads(schema_text())["$defs"]
    assert parts["Probe"]["properties"]["n_seeds"]["description"].startswith("Number of seeds")
    assert parts["CriterionEntry"]["properties"]["all_or_nothing"]["description"]
    full, compact = parts["Close"]["anyOf"]
    assert full["required"] == ["kind", "probe"]
    assert compact["required"] == ["close"]
    assert compact["properties"]["close"]["description"] == "Probe whose value is compared."


def test_show_names_everything() -> None:
    """Every criterion, variant, mistake, model and tolerance class is shown."""
    rubric = rubric_with_mistakes(load_rubric())
    text = " ".join(output("rubric", "show").split())
    assert len(rubric.mistakes) > 100
    for name in (*rubric.models.values(), *rubric.all_tolerances):
        assert name in text
    assert all(variant.name in text for variant in rubric.variants)
    assert all(mistake.name in text for mistake in rubric.mistakes)
    assert all(criterion.title in text for criterion in rubric.criteria)


def test_show_prints_the_points_of_each_function() -> None:
    """The points of a function are the sum over its criteria, those of a bonus apart."""
    lines = [line.split() for line in output("rubric", "show").splitlines()]
    assert ["compute_induction_scores", "16"] in lines
    assert ["create_repeated_sequence", "8"] in lines
    assert ["induction_formation", "5", "bonus"] in lines


def test_an_absent_rubric_is_a_rubric_error(tmp_path: Path) -> None:
    """A missing file is a RubricError instead of an internal error."""
    result = CliRunner().invoke(cli, ["rubric", "show", str(tmp_path / "none.yaml")])
    assert type(result.exception).__name__ == "RubricError"
