"""The report as an HTML page."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.render.html import to_html
from grader.report.model import CellError, Report
from tests.builders import report, verdict

HOSTILE = "</p><script>alert('1')</script><img src=\"http://x\" onerror='a()'>&amp;\x1b\u202e"


class Page(HTMLParser):
    """Collects a page's tags, attribute names and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the tag and the names of its attributes."""
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.text += data


def with_text(text: str) -> Report:
    """Return a report with this text in every place where a student's text may stand."""
    return report(
        verdict(outcome="failed", points=0.0, feedback=text, hints=(text,), misconception=text),
        name=text,
        notes=(text,),
        cell_errors=(CellError(cell=0, ename=text, evalue=text),),
        environment={"torch": text},
    )


def test_a_nudge_comes_first_and_the_next_hints_behind_a_click() -> None:
    """The first hint is open, and each further one is folded inside the previous one."""
    hints = ("One?", "Two.", "Three.")
    page = to_html(report(verdict(outcome="failed", points=0.0, feedback="x", hints=hints)))
    assert page.count("<details>") == page.count("</details>") == 2
    assert page.index("One?") < page.index("<details>") < page.index("Two.") < page.index("Three.")


def test_a_secret_seed_is_not_on_the_page() -> None:
    """With hidden probes the seed is left out of the page, but not of the JSON."""
    environment = {"model": "planted-4x3", "device": "cpu", "torch": "2.4", "seed": 987654321}
    assert "987654321" in to_html(report(verdict(), environment=environment))
    secret = environment | {"hidden_probes": True}
    assert "987654321" not in to_html(report(verdict(), environment=secret))
    assert report(verdict(), environment=secret).to_dict()["environment"]["seed"] == 987654321


@given(st.text(max_size=40) | st.just(HOSTILE))
def test_no_markup_of_a_student_survives(text: str) -> None:
    """Whatever the text, the page has the same elements and attributes."""
    page, plain = Page(to_html(with_text(text or "x"))), Page(to_html(with_text("x")))
    assert page.tags == plain.tags
    assert page.attributes == plain.attributes


def test_hostile_text_is_shown_as_it_is() -> None:
    """Markup in a text is shown literally, and control characters are visible."""
    page = Page(to_html(with_text(HOSTILE)))
    assert "<script>alert('1')</script>" in page.text
    assert page.tags.count("script") == 1
    assert r"&amp;\u001b\u202e" in page.text


def test_long_text_pushes_nothing_off_the_page() -> None:
    """A very long word is broken, so that the points beside it stay visible."""
    assert "overflow-wrap: anywhere" in to_html(report(verdict()))


def test_the_page_is_self_contained() -> None:
    """The page loads nothing, and its policy allows only the grader's own script."""
    text = to_html(report(verdict()))
    script = text[text.index("<script>") + 8 : text.index("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert 'Content-Security-Policy" content="default-src &#39;none&#39;' in text
    assert f"script-src &#39;sha256-{digest}&#39;" in text
    loaded = text.replace("http://www.w3.org/", "").replace(script, "")
    assert not re.search(r"https?://|src=|href=|url\(|@import|<link", loaded)


@pytest.mark.parametrize(
    "text",
    [
        "Mini lab: 5 of 10",
        "nb.ipynb",
        "compute_induction_scores",
        "not attempted",
        "nothing is written yet",
        "5 / 10",
        "Known mistake: not divided. Off.",
        "Hint: Divide.",
        "[as_printed]",
        "Cell 5: KeyError: 'x'",
        "A note.",
        "model planted-4x3",
    ],
)
def test_everything_is_shown(text: str) -> None:
    """The page shows score, criteria, feedback, hints, variants, errors, notes and environment."""
    blank = verdict(
        id="blank",
        outcome="not_attempted",
        points=0.0,
        max_points=0.0,
        feedback="nothing is written yet",
    )
    lost = verdict(
        outcome="partial",
        points=5.0,
        feedback="Off.",
        hints=("Divide.",),
        misconception="not_divided",
        variant="as_printed",
    )
    error = CellError(cell=4, ename="KeyError", evalue="'x'")
    page = Page(to_html(report(lost, blank, cell_errors=(error,), notes=("A note.",))))
    assert text in page.text


def test_empty_sections_are_left_out() -> None:
    """A report with full marks has only the table of criteria."""
    assert Page(to_html(report(verdict()))).tags.count("h2") == 1


def test_a_run_without_isolation_is_announced() -> None:
    """The page warns if the notebook ran without isolation, and only then."""
    environment = dict(report(verdict()).environment)
    assert "without isolation" in to_html(report(environment=environment | {"isolation": "none"}))
    isolated = environment | {"isolation": "bubblewrap"}
    assert "without isolation" not in to_html(report(verdict(), environment=isolated))
