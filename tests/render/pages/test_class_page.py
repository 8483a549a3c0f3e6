"""The class page in a browser: a batch of thirty students with known numbers of mistakes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from grader.batch.results.store import ResultsStore
from tests.render.pages import course
from tests.render.pages.axe import violations
from tests.render.pages.conftest import OpenPage

pytestmark = pytest.mark.long

if TYPE_CHECKING:
    from playwright.sync_api import Page

COUNTS = {"target not shifted": 8, "late binding": 5, "attention two back": 4, "percent": 3}
LATE = 'due: "2026-03-01T13:00:00+00:00"\npercent_of_maximum_per_day: 10\n'


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> ResultsStore:
    """Finalize the batch in a folder with an awkward name."""
    store = course.write_results(tmp_path_factory.mktemp("results") / "lab #1 50% ?")
    (store.folder / "late.yaml").write_text(LATE)
    course.finalize_batch(store)
    return store


@pytest.fixture
def page(results: ResultsStore, open_page: OpenPage) -> "Page":
    """Open the class page."""
    return open_page(results.folder / "index.html")


def column(page: "Page", title: str) -> list[str]:
    """Return the texts of the visible cells below a heading, from the top."""
    heads = page.locator("#everyone thead th").all_inner_texts()
    at = [head.strip(" ↑↓→←\n") for head in heads].index(title) + 1
    cells = page.locator(f"#everyone tbody tr:not([hidden]) > :nth-child({at})")
    return [text.strip() for text in cells.all_text_contents()]


def sort(page: "Page", title: str) -> str:
    """Sort by a column with the mouse and return its sort order."""
    page.get_by_role("button", name=title, exact=True).click()
    return sort_order(page, title)


def sort_order(page: "Page", title: str) -> str:
    """Return the sort order that a column announces."""
    head = page.locator("#everyone th", has=page.get_by_role("button", name=title, exact=True))
    return str(head.get_attribute("aria-sort"))


def test_every_known_mistake_is_counted(page: "Page") -> None:
    """Mistakes are counted exactly and listed by frequency, with function and message."""
    rows = page.locator("table.mistakes tbody tr")
    names = rows.locator("th strong").all_inner_texts()
    counts = [int(text) for text in rows.locator(".bars b").all_inner_texts()]
    assert list(zip(names, counts, strict=True)) == list(COUNTS.items())
    first = rows.first
    assert "duplicate-token heads" in first.inner_text()
    first.locator("summary").press("Enter")
    assert first.locator("details a").count() == 8


def test_the_page_and_the_batch_say_the_same(results: ResultsStore, page: "Page") -> None:
    """The page shows the states, mean and median of the batch's summary."""
    summary = course.finalize_batch(results).summary
    json.dumps(summary.to_dict(), allow_nan=False)
    tiles = page.locator(".tiles li").all_inner_texts()
    assert tiles[:5] == ["30\nsubmissions", "27\ngraded", "1\nungradable", "1\ntimed out",
                         "1\ncrashed"]  # fmt: skip
    assert f"{round(summary.mean or 0, 1):g}\nmean of 100" in tiles
    assert f"{round(summary.final.mean or 0, 1):g}\nmean after late penalties" in tiles


def test_ungraded_students_are_listed_with_the_reason(page: "Page") -> None:
    """Ungraded students are listed with the reason, and linked only if they have a report."""
    failed = page.locator("#failed li")
    assert [text.partition(" (")[0] for text in failed.all_inner_texts()] == ["s28", "s29", "s30"]
    assert "<img src=x onerror=alert(1)>" in failed.first.inner_text()
    assert [one.locator("a").count() for one in failed.all()] == [0, 0, 1]
    slowest = page.locator("#slowest li").all_inner_texts()
    assert [text.rpartition(": ")[2] for text in slowest] == [
        "61.5 s", "40.0 s", "33.2 s", "20.0 s", "19.0 s"
    ]  # fmt: skip


def test_a_popular_wrong_answer_is_shown(page: "Page") -> None:
    """A wrong answer that six of 28 share is shown; rare ones and known mistakes are not."""
    cards = page.locator("#rubric .card")
    assert cards.count() == 1
    assert cards.locator("h3").inner_text() == "compute_k_composition: The Frobenius ratio"
    assert "6 of 28 students judged (21%)" in cards.inner_text()
    assert "0.4321, 0.31, 0.2" in cards.locator("pre").inner_text()
    assert cards.locator("a").count() == 6


def test_criteria_show_their_statistics(page: "Page") -> None:
    """A criterion shows its share, points, discrimination and a remark."""
    rows = page.locator("table.criteria tbody tr:not(.group)")
    lines = {row.locator("th").inner_text(): row.locator("td") for row in rows.all()}
    assert len(lines) >= 20
    same = lines["The second half repeats the first"].all_text_contents()
    assert [same[0].strip(), same[1], same[3]] == ["100%", "100%", "everyone passes"]
    assert same[2].endswith("none")
    assert lines["Scores on two models"].all_inner_texts()[3] == "better students lose it"


def test_columns_sort_by_mouse(page: "Page") -> None:
    """Numbers sort as numbers, outcomes from the worst, and empty cells last in both orders."""
    assert sort_order(page, "Student") == "ascending"
    for turn, reverse in (("ascending", False), ("descending", True)):
        assert sort(page, "Score") == turn
        scores = [float(text) for text in column(page, "Score") if text]
        assert scores == sorted(scores, reverse=reverse)
        assert column(page, "Score")[-2:] == ["", ""]
    assert sort(page, "k composition values") == "ascending"
    assert column(page, "k composition values")[:7] == ["✗"] * 6 + ["✓"]
    assert sort_order(page, "Score") == "none"


def test_columns_sort_by_keyboard(page: "Page") -> None:
    """A heading is a button: Tab reaches it, and Enter and the space bar sort."""
    page.locator("#search").focus()
    for _ in range(4):  # the table's region, Student, Name, State
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert sort_order(page, "State") == "ascending"
    assert column(page, "State")[:2] == ["crashed", "graded"]
    page.keyboard.press("Space")
    assert sort_order(page, "State") == "descending"
    assert column(page, "State")[0] == "ungradable"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("target not shifted", 8),
        ("TARGET_NOT late", 2),
        ("crashed", 1),
        ("student 2", 14),
        ("<script>alert", 1),
        ("nobody", 0),
        ("  ", 30),
    ],
)
def test_the_table_is_searched(page: "Page", words: str, count: int) -> None:
    """The search covers student, name, state and mistake, and announces the number of matches."""
    page.locator("#search").focus()
    page.keyboard.type(words)
    assert len(column(page, "Student")) == count
    status = page.get_by_role("status")
    assert (status.inner_text(), status.get_attribute("aria-live")) == (
        f"{count} of 30 shown", "polite"
    )  # fmt: skip


def test_sorting_keeps_what_is_searched(page: "Page") -> None:
    """Sorting keeps the search, and searching keeps the order."""
    page.locator("#search").fill("late binding")
    sort(page, "Seconds")
    sort(page, "Seconds")
    assert column(page, "Seconds")[0] == "20.0"
    assert len(column(page, "Seconds")) == 5


def test_links_lead_to_reports(page: "Page") -> None:
    """Each student with a report has a working link, whatever the student and folder are called."""
    hrefs = page.locator("#everyone tbody a").evaluate_all("all => all.map(a => a.href)")
    assert len(set(hrefs)) == 28
    paths = [Path(unquote(href.removeprefix("file://"))) for href in hrefs]
    assert all(path.is_file() and path.name == "report.html" for path in paths)
    page.locator("#everyone").get_by_role("link", name="<script>").click()
    page.wait_for_url("**/report.html")
    assert page.locator("h1").count() == 1


def test_hostile_text_is_text(page: "Page") -> None:
    """No text of a student becomes markup, and direction marks are visible."""
    assert page.locator("script").count() == 1
    assert page.locator("img, [onmouseover], .class b:text-is('')").count() == 0
    students = column(page, "Student")
    assert "<script>alert(1)</script>" in students
    assert any("\\u202eevil \u05d3\u05df" in student for student in students)


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_accessible(results: ResultsStore, open_page: OpenPage, dark: bool) -> None:  # noqa: FBT001 (parametrized)
    """The page has no serious accessibility violation in either theme, unfolded and sorted."""
    page = open_page(results.folder / "index.html", dark=dark)
    page.locator("summary").first.click()
    sort(page, "Score")
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_itself_never_scrolls_sideways(
    results: ResultsStore, open_page: OpenPage, width: int
) -> None:
    """Only tables scroll sideways, each in a region that the keyboard reaches."""
    page = open_page(results.folder / "index.html", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    from playwright.sync_api import expect  # noqa: PLC0415 (may be absent)

    region = page.get_by_role("region", name="Table of all submissions")
    region.focus()
    page.keyboard.press("ArrowRight")
    expect(region).not_to_have_js_property("scrollLeft", 0)


def test_it_is_rewritten_only_after_a_change(tmp_path: Path) -> None:
    """The page is rewritten only if the results, an override or its template changed."""
    store = course.write_results(tmp_path)
    course.finalize_batch(store)
    index = tmp_path / "index.html"
    before = index.stat().st_mtime_ns, index.read_bytes()
    course.finalize_batch(store)
    assert (index.stat().st_mtime_ns, index.read_bytes()) == before
    text = "- {student: s27, criterion: scores_shape, points: 0, reason: no}\n"
    (tmp_path / "overrides.yaml").write_text(text)
    course.finalize_batch(store)
    assert index.read_bytes() != before[1]
    (tmp_path / "overrides.yaml").unlink()
    course.finalize_batch(store)
    assert index.read_bytes() == before[1]  # the same batch gives the same bytes


def test_it_is_printed_dark_on_white(results: ResultsStore, open_page: OpenPage) -> None:
    """Printing is dark on white in any theme, and nothing is left in a scrolling region."""
    page = open_page(results.folder / "index.html", width=1040, dark=True)
    page.emulate_media(media="print")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") == 1040
