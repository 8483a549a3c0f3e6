"""The lab's rubric, its answer key, and the reference that makes keys."""

from collections.abc import Iterator

from grader.doctor.finding import Finding
from grader.errors import GraderError
from grader.key_store import shipped_key
from grader.reference_source import has_reference
from grader.rubric_file import RubricFile


def answers(file: RubricFile) -> Iterator[Finding]:
    """Whether there is something to compare answers with.

    Args:
        file: The rubric.
    """
    rubric = file.rubric
    says = f"{rubric.lab} {rubric.version}, {len(rubric.criteria)} criteria"
    yield Finding(name="Lab", says=says)
    reference = has_reference(rubric)
    yield key(file, reference=reference)
    if reference:
        yield Finding(name="Reference", says="installed: other models and seeds work too.")
    else:
        says = "not installed: self-checks work without; other models and seeds do not."
        yield Finding(name="Reference", says=says)


def key(file: RubricFile, *, reference: bool) -> Finding:
    """Whether the key that ships is for this rubric, or one can be made.

    Args:
        file: The rubric.
        reference: Whether the reference is here to make one.
    """
    try:
        found = shipped_key(file)
        says = "the one that ships does not fit the rubric"
    except GraderError as error:
        found, says = None, f"the one that ships cannot be read: {error}"
    if found is not None:
        about = found.about
        says = f"ships with the grader, for {about.model} (made with torch {about.torch})"
        return Finding(name="Answer key", says=says)
    if reference:
        return Finding(
            name="Answer key",
            says=f"{says}: one is made when it is first needed, which takes minutes.",
            state="warning",
            advice="`grade key build` makes it now.",
        )
    return Finding(
        name="Answer key",
        says=f"{says}, and the reference is not here to make one.",
        state="problem",
        advice="Install the grader again, and grade with the rubric that comes with it.",
    )
