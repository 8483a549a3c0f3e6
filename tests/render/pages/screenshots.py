"""README's two pictures, made anew: ``python -m tests.render.pages.screenshots``."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from grader.render.html import to_html
from tests.render.pages import course, three_mistakes

IMAGES = Path(__file__).parents[3] / "docs" / "images"


def main() -> None:
    """Grade, make both pages, and photograph what one sees of them first."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        here = Path(folder)
        graded = three_mistakes.graded(here)
        report = here / "report.html"
        report.write_text(to_html(graded.report, graded.pictures), encoding="utf-8")
        results = course.made(here / "results")
        course.closed(results)
        found = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        photograph(found, report, IMAGES / "report.png", height=1230)
        photograph(found, results.folder / "index.html", IMAGES / "class.png", height=1150)
        found.close()


def photograph(browser: Browser, page: Path, image: Path, *, height: int) -> None:
    """What a window shows of a page.

    Args:
        browser: Opens it.
        page: The file.
        image: Where the picture goes.
        height: Of the window.
    """
    window = browser.new_page(viewport={"width": 1040, "height": height}, offline=True)
    window.goto(page.as_uri())
    window.screenshot(path=image)
    window.close()


if __name__ == "__main__":
    main()
