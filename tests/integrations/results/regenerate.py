"""Write the golden files anew: ``python -m tests.integrations.results.regenerate``; then look at the diff."""

from pathlib import Path

from grader.integrations.results.registry import FORMATS
from tests.integrations.results.results import RESULTS, SETTING

GOLDEN = Path(__file__).parent / "golden"


def written() -> dict[str, str]:
    """Every writer's form of every kind of result, by the names of files."""
    return {
        f"{name}.{kind}.txt": write(result, SETTING)
        for name, write in FORMATS.items()
        for kind, result in RESULTS.items()
    }


if __name__ == "__main__":
    for file, text in written().items():
        (GOLDEN / file).write_text(text, encoding="utf-8")
