"""The notebooks that come with a lab: the one to work in, an example, and a worked solution."""

import importlib.util
from importlib import resources
from pathlib import Path

EXAMPLE = "example_submission"
_NOTEBOOKS = "student_template"
_REFERENCE = "reference"
_WORKED = "worked"


def template(stem: str) -> bytes | None:
    """A notebook that students begin with; None where it is not installed.

    Args:
        stem: A lab's, or `EXAMPLE`.
    """
    source = resources.files(_NOTEBOOKS) / f"{stem}.ipynb"
    return source.read_bytes() if source.is_file() else None


def worked_solution(lab: str) -> bytes | None:
    """The template with its answers filled in; None where the reference is not installed.

    Args:
        lab: Its stem.
    """
    spec = importlib.util.find_spec(_REFERENCE)  # found, and not imported
    for place in (spec and spec.submodule_search_locations) or ():
        path = Path(place) / _WORKED / f"{lab}.ipynb"
        if path.is_file():
            return path.read_bytes()
    return None
