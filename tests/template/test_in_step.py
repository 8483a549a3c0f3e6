"""The notebooks on disk and the sources they are made from."""

from pathlib import Path

import pytest

from tests.template.regenerate import SOURCES, WORKED, notebook_text, worked_text


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_is_what_its_source_gives(source: Path) -> None:
    """A notebook holds nothing that its source does not, byte for byte."""
    on_disk = source.with_suffix(".ipynb").read_bytes()
    if on_disk != notebook_text(source).encode():
        pytest.fail(
            f"{source.stem}.ipynb is out of step with {source.name}: "
            "run `python -m tests.template.regenerate`",
            pytrace=False,
        )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_regenerating_changes_nothing(source: Path) -> None:
    """Two renderings of one source are the same: no random ids, no dates."""
    assert notebook_text(source) == notebook_text(source)


def test_the_worked_solution_is_the_template_with_its_answers() -> None:
    """The worked solution says what the template says today, with every answer put in."""
    if WORKED.read_bytes() != worked_text().encode():
        pytest.fail(
            "the worked solution is out of step with the template or its answers: "
            "run `python -m tests.template.regenerate`",
            pytrace=False,
        )
