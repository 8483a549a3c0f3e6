"""Runs all checks, in the order in which they are shown."""

from collections.abc import Iterator

from grader.doctor.finding import Finding
from grader.doctor.hardware import check_disk, check_memory, check_torch
from grader.doctor.kernels import check_isolation, check_kernels
from grader.doctor.lab_files import check_lab, check_weights
from grader.doctor.packages import (
    check_optional_features,
    check_packages,
    check_python,
    check_transformer_lens,
)
from grader.errors import GraderError
from grader.rubric.load import load_rubric


def run_checks() -> Iterator[Finding]:
    """Run all checks, and yield each finding as soon as it is known."""
    yield check_python()
    yield check_packages()
    yield check_torch()
    yield check_transformer_lens()
    yield check_weights()
    yield from check_isolation()
    yield check_memory()
    yield from check_disk()
    try:
        file = load_rubric(None)
    except GraderError as error:
        advice = "Install the grader again."
        yield Finding(name="Lab", message=str(error), state="problem", advice=advice)
        return
    yield from check_lab(file)
    yield from check_kernels(file.rubric)
    yield from check_optional_features()
