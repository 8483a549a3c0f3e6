"""Everything the doctor looks at, in the order it is told."""

from collections.abc import Iterator

from grader.doctor.answers import answers
from grader.doctor.extras import extras
from grader.doctor.finding import Finding
from grader.doctor.isolation import isolation
from grader.doctor.kernel import kernels
from grader.doctor.python import packages, python, transformer_lens
from grader.doctor.room import disk, memory
from grader.doctor.torch import torch
from grader.doctor.weights import weights
from grader.errors import GraderError
from grader.rubric_file import find_rubric


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
