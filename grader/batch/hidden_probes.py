"""Whether a batch's hidden probes can be asked here."""

from grader.isolation.none import NONE
from grader.reference_source import has_reference
from grader.rubric_file import RubricFile
from grader.sitting import Settings, chosen


def left_out(file: RubricFile, settings: Settings) -> str | None:
    """Why hidden probes are not asked, in one line; None where they are.

    Args:
        file: The rubric.
        settings: How the batch is graded, hidden probes apart.

    Raises:
        KernelError: There is no sandbox of the kind asked for.
    """
    if settings.isolation != "none" and chosen(settings) is NONE:
        return "no sandbox holds here (see `grade doctor`), and what they ask would be seen"
    if settings.hidden_key is not None:
        return None
    if has_reference(file.rubric):
        return None
    return "the reference is not here to answer them: give a hidden key (--key)"
