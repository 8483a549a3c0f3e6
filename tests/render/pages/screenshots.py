"""Makes README's two screenshots: ``python -m tests.render.pages.screenshots``."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from grader.render.html import to_html
from tests.render.pages import course, three_mistakes

IMAGES = Path(__file__).parents[3] / "docs" / "images"


def main() -> None:
    """Grade, write both pages and take a screenshot of each."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        here = Path(folder)
        graded = three_mistakes.graded(here)
        report = here / "report.html"
        report.write_text(to_html(graded.report, graded.charts), encoding="utf-8")
        results = course.write_results(here / "results")
        course.finalize_batch(results)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        take_screenshot(browser, report, IMAGES / "report.png", height=1230)
        take_screenshot(browser, results.folder / "index.html", IMAGES / "class.png", height=1150)
        browser.close()


def take_screenshot(browser: Browser, page: Path, image: Path, *, height: int) -> None:
    """Take a screenshot of a page in a window of this height."""
    window = browser.new_page(viewport={"width": 1040, "height": height}, offline=True)
    window.goto(page.as_uri())
    window.screenshot(path=image)
    window.close()


if __name__ == "__main__":
    main()
