"""The notebooks on disk and the sources they are made from."""

from pathlib import Path

import pytest

from tests.template.regenerate import SOURCES, notebook_text


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
