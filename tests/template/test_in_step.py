"""Tests that the notebooks on disk match the sources they are generated from."""

from pathlib import Path

import pytest

from tests.template.regenerate import SOURCES, WORKED, notebook_text, worked_text


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_matches_its_source(source: Path) -> None:
    """A notebook equals the rendering of its source, byte for byte."""
    on_disk = source.with_suffix(".ipynb").read_bytes()
    if on_disk != notebook_text(source).encode():
        pytest.fail(
            f"{source.stem}.ipynb is out of step with {source.name}: "
            "run `python -m tests.template.regenerate`",
            pytrace=False,
        )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_regenerating_changes_nothing(source: Path) -> None:
    """Two renderings of one source are equal: there are no random ids or dates."""
    assert notebook_text(source) == notebook_text(source)


def test_the_worked_solution_is_the_template_with_its_answers() -> None:
    """The worked solution equals the present template with every answer inserted."""
    if WORKED.read_bytes() != worked_text().encode():
        pytest.fail(
            "the worked solution is out of step with the template or its answers: "
            "run `python -m tests.template.regenerate`",
            pytrace=False,
        )
