"""The notebooks that come with a lab: the one to work in, and an example that is filled in."""

from importlib import resources

EXAMPLE = "example_submission"
_NOTEBOOKS = "student_template"


def template(stem: str) -> bytes | None:
    """A notebook that students begin with; None where it is not installed.

    Args:
        stem: A lab's, or `EXAMPLE`.
    """
    source = resources.files(_NOTEBOOKS) / f"{stem}.ipynb"
    return source.read_bytes() if source.is_file() else None
