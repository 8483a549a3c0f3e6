"""The report as one self-contained page. Student text is escaped and nothing in it runs."""

from html import escape

from grader.render.text import plain
from grader.report import Report, Verdict

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid #8884; font-weight: normal; }
td, thead th { overflow-wrap: normal; }
td.points { text-align: right; white-space: nowrap; }
.passed { color: #1a7f37; }
.failed, .errored { color: #c62828; }
.partial, .blocked { color: #b26a00; }
.not_attempted { color: #777; }
.banner { border: 2px solid #b26a00; padding: .4rem .8rem; }
.feedback { margin: .3rem 0 0; } .hint { margin: .3rem 0 0; font-style: italic; }
@media (prefers-color-scheme: dark) {
  .passed { color: #4ac26b; }
  .failed, .errored { color: #ff7b72; }
}
"""
_BANNER = (
    '<p class="banner">This notebook ran <strong>without isolation</strong>: '
    "it could reach the answers and change results.</p>"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def to_html(report: Report) -> str:
    """The report as a page."""
    title = f"{_text(report.lab_title)}: {report.score:g} of {report.total:g}"
    rows = "\n".join(_row(verdict) for verdict in report.verdicts)
    errors = "\n".join(
        f"<li>Cell {t.cell + 1}: {_text(t.ename)}: {_text(t.evalue)}</li>" for t in report.troubles
    )
    notes = "\n".join(f"<li>{_text(note)}</li>" for note in report.notes)
    environment = ", ".join(
        f"{_text(str(k))} {_text(str(v))}" for k, v in report.shown_environment.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
{_BANNER if report.environment.get("isolation") == "none" else ""}
<p>{_text(report.name)}</p>
<table>
<thead><tr>
<th scope="col">Criterion</th><th scope="col">Outcome</th><th scope="col">Points</th>
</tr></thead>
<tbody>
{rows}
</tbody>
</table>
{f"<h2>Cells with errors</h2><ul>{errors}</ul>" if errors else ""}
{f"<h2>Notes</h2><ul>{notes}</ul>" if notes else ""}
<p><small>{environment}</small></p>
</body>
</html>
"""


def _row(verdict: Verdict) -> str:
    outcome = verdict.outcome.replace("_", " ")
    variant = f" <small>[{_text(verdict.variant)}]</small>" if verdict.variant else ""
    mistake = (
        f"Known mistake: {_text(verdict.misconception.replace('_', ' '))}. "
        if verdict.misconception
        else ""
    )
    feedback = (
        f'<p class="feedback">{mistake}{_text(verdict.feedback)}</p>' if verdict.feedback else ""
    )
    function = f"<code>{_text(verdict.function)}</code> " if verdict.function else ""
    return (
        f'<tr><th scope="row">{function}{_text(verdict.title)}{variant}'
        f"{feedback}{_hints(verdict)}</th>"
        f'<td class="{verdict.outcome}">{outcome}</td>'
        f'<td class="points">{verdict.points:g} / {verdict.max_points:g}</td></tr>'
    )


def _hints(verdict: Verdict) -> str:
    """The first hint, and the next ones behind a click each: a nudge may be enough."""
    if not verdict.hints:
        return ""
    inner = ""
    for hint in reversed(verdict.hints[1:]):
        inner = f"<details><summary>Another hint</summary>{_text(hint)}{inner}</details>"
    return f'<div class="hint">Hint: {_text(verdict.hint)}{inner}</div>'


def _text(text: str) -> str:
    return escape(plain(text))
