"""Templates filled in: every text is escaped, and what a browser would obey becomes visible."""

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.render.escape import line, plain
from grader.render.feedback import MARKS

_PACKAGE = "grader.render.templates"


def page(template: str, *, script: str, **values: object) -> str:
    """A whole page: nothing is loaded, and nothing runs but one script of ours.

    Args:
        template: Its file.
        script: The file of its script.
        values: What it shows; any text may be a student's.
    """
    code = _own(script)
    found = _templates().get_template(template)
    return found.render(policy=_policy(code), style=_own("page.css"), script=code, **values)


def fragment(template: str, **values: object) -> str:
    """A part of somebody else's page: its own style, no script.

    Args:
        template: Its file.
        values: What it shows; any text may be a student's.
    """
    return _templates().get_template(template).render(style=_own("page.css"), **values)


def _policy(script: str) -> str:
    """What a browser may do with the page: run this script, known by its digest, and nothing."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE, ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["marks"] = MARKS
    environment.filters["line"] = line
    environment.filters["short"] = _short
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    environment.filters["number"] = lambda number: f"{number:g}"
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    return environment


def _shown(value: object) -> object:
    """Text as it may be shown; markup is ours, and numbers are what they are."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value


def _short(text: str, most: int, *, lines: bool = False) -> str:
    """The beginning of a text, on one line unless its lines count."""
    text = text[: most * 4] if len(text) > most * 4 else text
    text = text if lines else line(text)
    return text if len(text) <= most else f"{text[:most]} …"


@cache
def _own(name: str) -> Markup:
    """A style or script: of ours, so it is not escaped."""
    text = resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 (a file of this package)
