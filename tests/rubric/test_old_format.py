"""Rubrics of the old format: the error says what changed."""

import pytest

from grader.errors import RubricError
from grader.rubric.load import parse_rubric
from tests.builders import MINI_RUBRIC


def problems(text: str) -> list[str]:
    """Return the problems of a rubric's text, line by line."""
    with pytest.raises(RubricError) as caught:
        parse_rubric(text, name="mini.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("functions:", "criteria:\n  - {id: scores}\nfunctions:", 21),
        ("functions:", "explanations: {f: Text.}\nfunctions:", 21),
        ("  transposed:\n", "  - name: transposed\n", 13),
        ("  corrected: {function", "  - {name: corrected, function", 10),
    ],
)
def test_the_old_layout_gives_one_line(old: str, new: str, line: int) -> None:
    """Lists of criteria, variants or mistakes are named, with a pointer to the documentation."""
    text = MINI_RUBRIC.replace(old, new)
    if "name: corrected" in new:
        text = text.replace("  as_printed: {", "  - {name: as_printed, ")
    (said,) = problems(text)
    assert said.startswith(f"mini.yaml:{line}: ")
    assert "this rubric has the old format" in said
    assert "'From the old format' in docs/rubrics.md" in said


@pytest.mark.parametrize(
    ("old", "new", "path", "name"),
    [
        ("message: You", "says: You", "mistakes.transposed.says", "message"),
        ("fails: [scores]", "loses: [scores]", "mistakes.transposed.loses", "fails"),
        ("(model)}", "(model), provide: [x]}", "probes.scores.provide", "use_recordings"),
        ("points: 10", "points: 10\n        together: true", "together", "all_or_nothing"),
    ],
)
def test_an_old_key_is_told_its_new_name(old: str, new: str, path: str, name: str) -> None:
    """One line names the key, and nothing is said about the new key being absent."""
    (line,) = problems(MINI_RUBRIC.replace(old, new, 1))
    assert f"{path}: this key is now called {name}" in line


def test_an_old_check_kind_is_told_its_new_name() -> None:
    """Check kinds that were renamed are named instead of a list of all kinds."""
    (line,) = problems(MINI_RUBRIC.replace("kind: shape", "kind: strays"))
    assert line.endswith("the check kind 'strays' is now called 'false_positives'")
