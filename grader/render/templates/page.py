"""Fills in the HTML templates: every text is escaped, and control characters become visible."""

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.files.escape import escape_line, escape_text
from grader.render.feedback import OUTCOME_ICONS

_PACKAGE = "grader.render.templates"


def render_page(template: str, *, script: str, **values: object) -> str:
    """Render a whole page, which loads nothing and runs only the given script.

    Args:
        template: File name of the template.
        script: File name of the script.
        values: Values for the template; any text may come from a student.
    """
    code = _inline_asset(script)
    return (
        _environment()
        .get_template(template)
        .render(
            policy=_content_security_policy(code),
            style=_inline_asset("page.css"),
            script=code,
            **values,
        )
    )


def render_fragment(template: str, **values: object) -> str:
    """Render a part of another page, with its own style and without a script.

    Args:
        template: File name of the template.
        values: Values for the template; any text may come from a student.
    """
    return _environment().get_template(template).render(style=_inline_asset("page.css"), **values)


def _content_security_policy(script: str) -> str:
    """Return a policy that allows only this script, identified by its digest, and inline styles."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE, ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_escape,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["icons"] = OUTCOME_ICONS
    environment.filters["line"] = escape_line
    environment.filters["truncated"] = _truncate
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    environment.filters["number"] = lambda number: f"{number:g}"
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    return environment


def _escape(value: object) -> object:
    """Escape control characters in text; markup and numbers are left as they are."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return escape_text(value)
    return value


def _truncate(text: str, length: int, *, lines: bool = False) -> str:
    """Return the beginning of a text, on one line unless `lines` is set."""
    text = text[: length * 4] if len(text) > length * 4 else text
    text = text if lines else escape_line(text)
    return text if len(text) <= length else f"{text[:length]} …"


@cache
def _inline_asset(name: str) -> Markup:
    """Return a style sheet or script of this package, which is not escaped."""
    text = resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 (a file of this package)
