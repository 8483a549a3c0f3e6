"""The report as JSON text."""

import json

from hypothesis import given
from hypothesis import strategies as st

from grader.render.json import to_json
from tests.builders import report, verdict

anything = st.text(st.characters(exclude_categories=[]), max_size=40)


def test_it_is_the_reports_dictionary() -> None:
    """The JSON is indented, ends with a newline and parses to the report's dictionary."""
    text = to_json(report(verdict(feedback="Größe ≤ 1")))
    assert json.loads(text) == report(verdict(feedback="Größe ≤ 1")).to_dict()
    assert text.endswith("}\n")
    assert "Größe ≤ 1" in text


def test_nothing_that_a_terminal_obeys_is_in_it() -> None:
    """Control, bidirectional and zero-width characters and lone surrogates are escaped."""
    text = to_json(report(verdict(feedback="\x1b[2J\x9b\u202e\u200b\ud800\u061c")))
    assert r"\u001b[2J\u009b\u202e\u200b\ud800\u061c" in text
    assert text.encode()


@given(anything)
def test_any_text_makes_valid_json(feedback: str) -> None:
    """Any text gives valid JSON that can be encoded and parses to the same text."""
    text = to_json(report(verdict(feedback=feedback))).encode().decode()
    assert json.loads(text)["criteria"][0]["feedback"] == feedback
