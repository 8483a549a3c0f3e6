"""What axe-core finds wrong with a page for people who do not see it, or use no mouse."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def violations(page: "Page") -> list[str]:
    """The serious and critical ones, a line each: the rule, and where it is broken."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 (may be absent)

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'][:5])}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
