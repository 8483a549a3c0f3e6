"""What grading a submission needs and does not depend on it: rubric, key, seed, and a sandbox."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from grader.answer_key.find import find_key, read_given_key
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.answer_key.reference_source import has_reference
from grader.errors import RubricError
from grader.execution.job import Instrumented, Job, ask
from grader.execution.memory import memory_here, warning
from grader.execution.prepare_models import WeightsBuilder
from grader.execution.run import Weights
from grader.files.cache import prepare
from grader.protocol.frames import Frame
from grader.rubric.hidden_models import fresh_seed
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric
from grader.sandbox.base import Backend, Forkable
from grader.sandbox.select import Level, choose, warmed
from grader.sandbox.unsandboxed import NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to grade."""

    model: str | None = None
    """In place of the rubric's grading model."""
    device: str = "auto"
    seed: int | None = None
    """Of the run; without one 0, or with hidden probes a fresh secret one."""
    only: str | None = None
    """One criterion's id, or a function's name."""
    full: bool = False
    """Ask the hidden probes too."""
    hidden_key: Path | None = None
    """A key for them, where the reference is not; its seed is the run's."""
    public_key: Path | None = None
    """In place of the one that ships."""
    isolation: Level = "auto"
    """What student code is kept in: what holds here, nothing but that, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told what while a key is built and submissions are graded."""

    started: Callable[[Instrumented], None] = lambda _job: None
    frame: Callable[[Frame], None] = lambda _frame: None
    note: Callable[[str], None] = lambda _text: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One rubric, one key, one seed and one kind of sandbox, for any number of submissions."""

    file: RubricFile
    """Of what was selected."""
    key: AnswerKey
    settings: Settings
    seed: int
    backend: Backend
    share: float = 1.0
    """Of a device's memory, that one kernel may take: less where several run on it."""
    weights: Weights | None = None
    """Where hidden models' weights are found; None where they are made for each submission."""

    @property
    def job(self) -> Job:
        """All that is asked of a submission, without its cells."""
        return ask(
            self.file.rubric, self.key.recordings, device=self.settings.device, seed=self.seed
        )


def open_sitting(file: RubricFile, settings: Settings, listener: Listener | None = None) -> Sitting:
    """Find a key and a sandbox.

    Args:
        file: The rubric.
        settings: Model, device, seed, selection.
        listener: Told when a key has to be built.

    Raises:
        RubricError: Nothing of the rubric is selected.
        AnswerKeyError: No key fits.
        KernelError: There is no sandbox of the kind asked for.
    """
    listener = listener or Listener()
    backend = chosen(settings)
    whole = replace(file, rubric=file.rubric.on_model(settings.model))
    rubric = whole.rubric if settings.full else whole.rubric.without_hidden()
    rubric = selected(rubric, settings.only)
    if said := warning(rubric.models["grading"], memory_here()):
        listener.note(said)
    key = _key(whole, settings, listener)
    return Sitting(
        file=replace(whole, rubric=rubric),
        key=key,
        settings=settings,
        seed=key.about.seed if settings.full else settings.seed or 0,
        backend=backend,
    )


def selected(rubric: Rubric, name: str | None) -> Rubric:
    """What is about one criterion or function alone.

    Args:
        rubric: The whole.
        name: The criterion's or the function's; all if not given.

    Raises:
        RubricError: There is nothing of this name; says what there is.
    """
    chosen = rubric.only(name)
    if not chosen.criteria:
        choices = ", ".join(dict.fromkeys(c.function for c in rubric.criteria if c.function))
        raise RubricError(
            f"No criterion is about {name!r}: choose a criterion's id or one of {choices}."
        )
    return chosen


@contextmanager
def warm(sitting: Sitting) -> Iterator[Sitting]:
    """The same with kernels that are forked from one that is ready, where that works.

    Hidden models are made once for all submissions.

    Args:
        sitting: For two submissions or more; for one it is not worth it.
    """
    prepare()
    job = sitting.job
    names = job.secret_models
    with (
        WeightsBuilder(names) if names else nullcontext() as builder,
        warmed(chosen(sitting.settings), job.model, ahead=job.public_models) as backend,
    ):
        yield replace(sitting, backend=backend, weights=builder.file if builder else None)


def chosen(settings: Settings) -> Forkable:
    """The backend to run in; hidden probes go nowhere without one unless that is said outright.

    Raises:
        KernelError: None holds here and going without was not agreed to.
    """
    backend = choose(settings.isolation)
    if settings.full and backend is NONE and settings.isolation != "none":
        choose("strict")  # says what is missing
    return backend


def left_out(file: RubricFile, settings: Settings) -> str | None:
    """Why hidden probes are not asked, in one line; None where they are.

    Args:
        file: The rubric.
        settings: How submissions are graded, hidden probes apart.

    Raises:
        KernelError: There is no sandbox of the kind asked for.
    """
    said = "Hidden probes are left out: "
    if settings.isolation != "none" and chosen(settings) is NONE:
        return f"{said}no sandbox holds here (see `grade doctor`), and what they ask would be seen."
    if settings.hidden_key is not None or has_reference(file.rubric):
        return None
    return f"{said}the reference is not here to answer them: give a hidden key (--key)."


def _key(file: RubricFile, settings: Settings, listener: Listener) -> AnswerKey:
    """The public key; with hidden probes, theirs beside it and the seed they were drawn from."""
    request = KeyRequest(device=settings.device)
    if settings.public_key is not None:
        key = read_given_key(settings.public_key, file, hidden=False)
    else:
        key = find_key(file, request, progress=listener.frame, note=listener.note)
    if not settings.full:
        return key
    if settings.hidden_key is not None:
        hidden = read_given_key(settings.hidden_key, file, hidden=True)
    else:
        seed = settings.seed if settings.seed is not None else fresh_seed()
        wanted = replace(request, seed=seed, hidden=True)
        hidden = find_key(file, wanted, progress=listener.frame, note=listener.note)
    return replace(key.joined(hidden), about=replace(key.about, seed=hidden.about.seed))
