"""Everything the doctor looks at, in the order it is told."""

from collections.abc import Iterator

from grader.doctor.finding import Finding
from grader.doctor.hardware import disk, memory, torch
from grader.doctor.kernels import isolation, kernels
from grader.doctor.lab_files import answers, weights
from grader.doctor.packages import extras, packages, python, transformer_lens
from grader.errors import GraderError
from grader.rubric.load import find_rubric


def examination() -> Iterator[Finding]:
    """Look at one thing after the other, each finding as soon as it is there."""
    yield python()
    yield packages()
    yield torch()
    yield transformer_lens()
    yield weights()
    yield from isolation()
    yield memory()
    yield from disk()
    try:
        file = find_rubric(None)
    except GraderError as error:
        advice = "Install the grader again."
        yield Finding(name="Lab", says=str(error), state="problem", advice=advice)
        return
    yield from answers(file)
    yield from kernels(file.rubric)
    yield from extras()
