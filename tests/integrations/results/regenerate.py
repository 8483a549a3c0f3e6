"""Regenerate the golden files; review the diff afterwards.

Usage: ``python -m tests.integrations.results.regenerate``
"""

from pathlib import Path

from grader.integrations.results.registry import FORMATS
from tests.integrations.results.samples import CONTEXT, RESULTS

GOLDEN = Path(__file__).parent / "golden"


def golden_files() -> dict[str, str]:
    """Return every writer's output for every sample result, by file name."""
    return {
        f"{name}.{kind}.txt": write(result, CONTEXT)
        for name, write in FORMATS.items()
        for kind, result in RESULTS.items()
    }


if __name__ == "__main__":
    for file, text in golden_files().items():
        (GOLDEN / file).write_text(text, encoding="utf-8")
