"""A report in the forms that it is read in."""

from collections.abc import Sequence

from grader.batch.results import PAGE, PICTURES, REPORT
from grader.pictures import Picture
from grader.pictures.picture import to_json as kept
from grader.render.html import to_html
from grader.render.json import to_json
from grader.report import Report


def pages_of(report: Report, pictures: Sequence[Picture] = ()) -> dict[str, bytes]:
    """A report as files, by their names.

    Args:
        report: What there is to say.
        pictures: What there is to see.
    """
    return {
        REPORT: to_json(report).encode(),
        PICTURES: kept(pictures),
        PAGE: to_html(report, pictures).encode(),
    }
