"""The report of a notebook with three classic mistakes, opened in a browser."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from grader.grading.pipeline import Graded
from grader.render.html import to_html
from grader.render.terminal import render
from tests.render.hostile import obeyed
from tests.render.pages import three_mistakes
from tests.render.pages.axe import violations
from tests.render.pages.conftest import OpenPage
from tests.render.pages.three_mistakes import MISTAKES

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The notebook, graded once."""
    return three_mistakes.graded(tmp_path_factory.mktemp("graded"))


@pytest.fixture(scope="module")
def file(found: Graded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page on the disk."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(to_html(found.report, found.pictures), encoding="utf-8")
    return path


@pytest.fixture
def page(file: Path, open_page: OpenPage) -> "Page":
    """Its page, open."""
    return open_page(file)


def card(page: "Page", mistake: str) -> "Locator":
    """What the page says about one mistake."""
    return page.locator("article", has_text=f"Known mistake: {mistake.replace('_', ' ')}.")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_named_explained_and_shown(page: "Page", mistake: str) -> None:
    """What it is, a picture beside what was expected, what the function is about, and hints."""
    about = card(page, mistake)
    assert about.count() == 1
    assert about.locator("figure svg").count() >= 1
    assert all(box["width"] > 300 for box in map(_box, about.locator("figure svg").all()))
    explanation = about.locator("details", has_text="What this is about").first
    assert not explanation.locator("p").is_visible()
    explanation.locator("summary").click()
    assert len(explanation.locator("p").inner_text()) > 100


def _box(element: "Locator") -> "FloatRect":
    box = element.bounding_box()
    assert box is not None
    return box


@pytest.mark.parametrize("mistake", MISTAKES)
def test_hints_unfold_by_the_keyboard(page: "Page", mistake: str) -> None:
    """One lies open; the second and third come by Enter, one inside the other."""
    about = card(page, mistake)
    hints = about.locator("p.hint")
    assert [hint.is_visible() for hint in hints.all()] == [True, False, False]
    for shown in (2, 3):
        about.locator("summary", has_text="Another hint").nth(shown - 2).press("Enter")
        assert sum(hint.is_visible() for hint in hints.all()) == shown


def test_a_head_is_named_under_the_pointer(page: "Page") -> None:
    """Over the student's scores, the expected ones and the difference: label and numbers."""
    figure = card(page, "target_not_shifted").locator("figure").first
    for image in figure.locator("image:not([id^=scale])").all():
        box = _box(image)
        page.mouse.move(box["x"] + box["width"] * 1.5 / 12, box["y"] + box["height"] * 6.5 / 12)
        said = figure.locator(".reading").inner_text()
        assert said.startswith("L6H1: yours 0.0005416, expected 0.9863, difference -0.985")


def test_entries_are_read_by_the_arrow_keys(page: "Page") -> None:
    """From the first head on, aloud for who does not see; the edges hold."""
    figure = card(page, "target_not_shifted").locator("figure").first
    plot, reading = figure.locator(".plot"), figure.locator(".reading")
    plot.focus()
    assert reading.get_attribute("aria-live") == "polite"
    for key, head in (("ArrowRight", "L0H1"), ("ArrowDown", "L1H1"), ("ArrowLeft", "L1H0"),
                      ("ArrowLeft", "L1H0"), ("ArrowUp", "L0H0")):  # fmt: skip
        plot.press(key)
        assert reading.inner_text().startswith(f"{head}: ")


def test_the_stripe_is_off_the_targets(page: "Page") -> None:
    """The pattern of the head listed first, beside that of the reference's."""
    said = card(page, "target_not_shifted").inner_text()
    assert "Into the squares falls 0% of the attention of L4H9, and 99% of L6H1's." in said


def test_a_broken_cell_is_shown_with_its_own_code(page: "Page") -> None:
    """Where it happened in the notebook; what it says is text and nothing else."""
    errors = page.locator("section.errors")
    assert "line 4:" in errors.inner_text()
    assert "line 2, in broken(text):" in errors.inner_text()
    assert "<script>document.title = 'taken'</script>" in errors.inner_text()
    assert r"\u001b[31m\u202e" in errors.inner_text()
    assert page.title() == "Induction Head Analysis: 74.5 of 100"


def test_a_very_long_text_is_cut(page: "Page") -> None:
    """Ten megabytes of it take one line, and its markup is text."""
    heading = page.locator("h3", has_text="RuntimeError").inner_text()
    assert "RuntimeError: <b>yyyy" in heading
    assert len(heading) < 500


def test_a_terminal_obeys_nothing_of_it(found: Graded) -> None:
    """The same report there: what would be obeyed is visible, long text is cut."""
    console = Console(width=100, file=io.StringIO(), color_system=None)
    console.print(render(found.report))
    said = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO, as given
    assert "<script>document.title = 'taken'</script>" in said.replace("\n", "")
    assert r"\u001b[31m\u202e" in said
    assert obeyed(said) == []
    assert len(said) < 20_000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nobody_is_shut_out(file: Path, open_page: OpenPage, dark: bool) -> None:  # noqa: FBT001
    """No serious violation of accessibility in either theme, with everything unfolded."""
    page = open_page(file, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page) == []


def test_a_telephone_is_wide_enough(file: Path, open_page: OpenPage) -> None:
    """The page itself does not scroll sideways; wide pictures do, in their own frames."""
    page = open_page(file, width=390)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_page_can_be_printed(page: "Page") -> None:
    """On paper nothing can be unfolded: explanations and hints are all there."""
    hint = card(page, "late_binding").locator("p.hint").last
    assert not hint.is_visible()
    page.emulate_media(media="print")
    assert hint.is_visible()
    assert len(page.pdf()) > 50_000


def test_the_page_is_less_than_a_megabyte(file: Path) -> None:
    """With every picture it has."""
    assert 200_000 < file.stat().st_size < 10**6
