"""Accessibility checks with axe-core."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def violations(page: "Page") -> list[str]:
    """Return the serious and critical violations of a page, one line each."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 (may be absent)

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'][:5])}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
