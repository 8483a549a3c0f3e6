"""The report of a notebook with three common mistakes, opened in a browser."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from grader.grading.pipeline import Graded
from grader.render.html import to_html
from grader.render.terminal import render_report
from tests.render.hostile import obeyed
from tests.render.pages import three_mistakes
from tests.render.pages.axe import violations
from tests.render.pages.conftest import OpenPage
from tests.render.pages.three_mistakes import MISTAKES

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page

pytestmark = [pytest.mark.kernel, pytest.mark.long]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Grade the notebook once."""
    return three_mistakes.graded(tmp_path_factory.mktemp("graded"))


@pytest.fixture(scope="module")
def file(result: Graded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report page to disk."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(to_html(result.report, result.charts), encoding="utf-8")
    return path


@pytest.fixture
def page(file: Path, open_page: OpenPage) -> "Page":
    """Open the report page."""
    return open_page(file)


def card(page: "Page", mistake: str) -> "Locator":
    """Return the card of one mistake on the page."""
    return page.locator("article", has_text=f"Known mistake: {mistake.replace('_', ' ')}.")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_named_explained_and_shown(page: "Page", mistake: str) -> None:
    """A mistake's card has a chart, background on the function and hints."""
    article = card(page, mistake)
    assert article.count() == 1
    assert article.locator("figure svg").count() >= 1
    assert all(box["width"] > 300 for box in map(_box, article.locator("figure svg").all()))
    explanation = article.locator("details", has_text="Background").first
    assert not explanation.locator("p").is_visible()
    explanation.locator("summary").click()
    assert len(explanation.locator("p").inner_text()) > 100


def _box(element: "Locator") -> "FloatRect":
    box = element.bounding_box()
    assert box is not None
    return box


@pytest.mark.parametrize("mistake", MISTAKES)
def test_hints_unfold_by_the_keyboard(page: "Page", mistake: str) -> None:
    """One hint is open; Enter opens the second and third, one inside the other."""
    article = card(page, mistake)
    hints = article.locator("p.hint")
    assert [hint.is_visible() for hint in hints.all()] == [True, False, False]
    for shown in (2, 3):
        article.locator("summary", has_text="Another hint").nth(shown - 2).press("Enter")
        assert sum(hint.is_visible() for hint in hints.all()) == shown


def test_a_head_is_named_under_the_pointer(page: "Page") -> None:
    """Pointing at any of the three matrices shows the head's name and values."""
    figure = card(page, "target_not_shifted").locator("figure").first
    for image in figure.locator("image:not([id^=scale])").all():
        box = _box(image)
        page.mouse.move(box["x"] + box["width"] * 1.5 / 12, box["y"] + box["height"] * 6.5 / 12)
        reading = figure.locator(".reading").inner_text()
        assert reading.startswith("L6H1: yours 0.0005416, expected 0.9863, difference -0.985")


def test_entries_are_read_by_the_arrow_keys(page: "Page") -> None:
    """The arrow keys move between entries, stop at the edges, and announce each entry."""
    figure = card(page, "target_not_shifted").locator("figure").first
    plot, reading = figure.locator(".plot"), figure.locator(".reading")
    plot.focus()
    assert reading.get_attribute("aria-live") == "polite"
    for key, head in (("ArrowRight", "L0H1"), ("ArrowDown", "L1H1"), ("ArrowLeft", "L1H0"),
                      ("ArrowLeft", "L1H0"), ("ArrowUp", "L0H0")):  # fmt: skip
        plot.press(key)
        assert reading.inner_text().startswith(f"{head}: ")


def test_the_attention_on_the_targets_is_named(page: "Page") -> None:
    """The pattern of the head listed first stands beside that of the reference's head."""
    text = card(page, "target_not_shifted").inner_text()
    assert "L4H9 puts 0% of its attention on the framed positions; L6H1 puts 99%." in text


def test_a_broken_cell_is_shown_with_its_own_code(page: "Page") -> None:
    """A cell error shows the student's own lines, and its message is plain text."""
    errors = page.locator("section.errors")
    assert "line 4:" in errors.inner_text()
    assert "line 2, in broken(text):" in errors.inner_text()
    assert "<script>document.title = 'taken'</script>" in errors.inner_text()
    assert r"\u001b[31m\u202e" in errors.inner_text()
    assert page.title() == "Induction Head Analysis: 74.5 of 100"


def test_a_very_long_text_is_cut(page: "Page") -> None:
    """Ten megabytes of text are cut to one line, and markup in them is shown literally."""
    heading = page.locator("h3", has_text="RuntimeError").inner_text()
    assert "RuntimeError: <b>yyyy" in heading
    assert len(heading) < 500


def test_a_terminal_shows_control_characters(result: Graded) -> None:
    """The same report in a terminal has visible control characters and short texts."""
    console = Console(width=100, file=io.StringIO(), color_system=None)
    console.print(render_report(result.report))
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO, as given
    assert "<script>document.title = 'taken'</script>" in shown.replace("\n", "")
    assert r"\u001b[31m\u202e" in shown
    assert obeyed(shown) == []
    assert len(shown) < 20_000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_accessible(file: Path, open_page: OpenPage, dark: bool) -> None:  # noqa: FBT001
    """The page has no serious accessibility violation in either theme, fully unfolded."""
    page = open_page(file, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page) == []


def test_the_page_fits_a_phone(file: Path, open_page: OpenPage) -> None:
    """The page does not scroll sideways on a phone; wide charts scroll in their own frames."""
    page = open_page(file, width=390)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_page_can_be_printed(page: "Page") -> None:
    """Printing unfolds all explanations and hints."""
    hint = card(page, "late_binding").locator("p.hint").last
    assert not hint.is_visible()
    page.emulate_media(media="print")
    assert hint.is_visible()
    assert len(page.pdf()) > 50_000


def test_the_page_is_less_than_a_megabyte(file: Path) -> None:
    """The page with all its charts is smaller than a megabyte."""
    assert 200_000 < file.stat().st_size < 10**6
