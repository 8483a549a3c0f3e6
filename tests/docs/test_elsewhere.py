"""The commands of the docs that another test runs are in the docs, and that test exists."""

import pytest

from tests.docs.elsewhere import ELSEWHERE
from tests.docs.pages import PAGES, ROOT, commands


@pytest.mark.parametrize("line", sorted(ELSEWHERE))
def test_what_is_run_elsewhere_is_in_the_docs(line: str) -> None:
    """The table of what is not run here holds nothing that no page has, and says why."""
    assert line in {command.line for command in commands(*PAGES)}
    assert ELSEWHERE[line].reason


@pytest.mark.parametrize("test", sorted({entry.test for entry in ELSEWHERE.values()}))
def test_who_runs_it_elsewhere_is_there(test: str) -> None:
    """The tests that the table names exist."""
    path, _, name = test.partition("::")
    assert (ROOT / path).is_file()
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8") or not name
