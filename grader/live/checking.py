"""A check of what a kernel defines: the probes asked in it, the same judging as `grade`'s."""

from dataclasses import dataclass, replace
from typing import Any

from grader.inside.own_model import MODEL, device_of, is_like
from grader.live.asking import ask_all
from grader.live.choice import choose
from grader.live.lab import installed_lab
from grader.live.models import shelf
from grader.live.names import names_in, stubs_in
from grader.live.untouched import untouched
from grader.pictures import Picture
from grader.pipeline import judge, pictures_in
from grader.probing import Instrumented, ask
from grader.report import Report
from grader.submission import Submission

PUBLIC = (
    "A check with public inputs only: your grade comes from `grade`, which asks more. "
    "It sees what has been run: run a cell again after you change it."
)
_SEED = 0
_AS_IT_IS = Submission(
    name="this notebook, as far as it has been run",
    sha256="",
    student=None,
    cells=(),
    total_cells=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found, and what there is to see of what lost points."""

    report: Report
    pictures: tuple[Picture, ...]


def check(namespace: dict[str, Any], name: str | None = None) -> Checked:
    """Judge what a kernel defines.

    Args:
        namespace: The student's; afterwards as it was.
        name: One criterion's or function's; all if not given.

    Returns:
        A report with its pictures, without verdicts where there is nothing that can be judged here.

    Raises:
        RubricError: There is nothing of this name.
        AnswerKeyError: The lab brings no public key.
        KernelError: A grading model cannot be built.
        StoppedError: A function was interrupted.
        KeyboardInterrupt: So was a build of ours.
    """
    lab = installed_lab()
    with untouched(namespace):
        models = shelf(device_of(namespace))
        grading = lab.file.rubric.models["grading"]
        choice = choose(
            lab.file.rubric,
            name,
            same_model=lambda: is_like(namespace.get(MODEL), models.pristine(grading)),
        )
        empty = stubs_in(namespace, choice.rubric.functions)
        job = ask(
            choice.rubric,
            lab.key.recordings,
            not_attempted=empty,
            device=models.device,
            seed=_SEED,
        )
        execution = ask_all(job, namespace, models)
    prepared = Instrumented(
        job=job, not_attempted=empty, names=names_in(namespace), notes=choice.left_out
    )
    file = replace(lab.file, rubric=choice.rubric)
    report = judge(_AS_IT_IS, file, lab.key, prepared, execution).about(name)
    # What is right has been drawn by the student; here it would only make their file large.
    lost = tuple(verdict for verdict in report.verdicts if verdict.points < verdict.max_points)
    return Checked(
        report=replace(report, notes=(*report.notes, PUBLIC)),
        pictures=pictures_in(choice.rubric, lab.key, prepared, execution, lost),
    )
