"""Gathering the parts of a package: what is installed here, and the keys that go with a rubric."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata

from grader.answer_key.build import build_key
from grader.answer_key.file import key_bytes
from grader.answer_key.find import find_key, shipped_key
from grader.answer_key.model import KeyRequest
from grader.answer_key.reference_source import has_reference
from grader.errors import AnswerKeyError, GraderError
from grader.integrations.packages.contents import Parts
from grader.integrations.packages.registry import PACKAGES
from grader.integrations.packages.wheel import DISTRIBUTION, pins, wheel, wheel_name
from grader.labs import EXAMPLE, template
from grader.rubric.hidden_models import fresh_seed
from grader.rubric.load import RubricFile, parse_rubric, rubric_text

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be packed."""

    platform: str
    rubric: str | None = None
    worlds: int = 8
    """Hidden keys, each over models of its own."""
    jobs: int = 1
    seconds: float | None = None
    """The platform's time limit, where it is not the usual one."""
    index: str | None = None
    """Where else pip looks for packages."""
    reference: bool = False
    """Whether the reference's source goes with it."""


def gather(order: Order, note: Note) -> Parts:
    """Read what is installed, and make the keys.

    Args:
        order: What is to be packed.
        note: Told of each key that has to be made.

    Raises:
        RubricError: The rubric cannot be read or has mistakes.
        AnswerKeyError: Keys cannot be made: the reference is not here, or fails.
        GraderError: The grader is not installed as a package.
    """
    package = PACKAGES[order.platform]
    text, called = rubric_text(order.rubric)
    file = parse_rubric(text, name=called)
    public = _public_key(file, note)
    mine = {
        f"rubrics/{file.rubric.lab}.yaml": text.encode(),
        f"rubrics/keys/{file.rubric.lab}.key": public,
    }
    # A student's grader knows one rubric; elsewhere it lies beside, and an image fits them all.
    alone = order.platform == "student"
    worlds = order.worlds if package.hidden else 0
    return Parts(
        lab=file.rubric.lab,
        title=file.rubric.title,
        version=metadata.version(DISTRIBUTION),
        wheel_name=wheel_name(),
        wheel=wheel(
            instead=mine if alone else {},
            reference=order.reference,
            lab=file.rubric.lab if alone else None,
        ),
        pins=pins(),
        index=order.index,
        rubric=text.encode(),
        public_key=public,
        hidden_keys=_hidden_keys(file, worlds, order.jobs, note),
        template=_notebook(file.rubric.lab),
        example=_notebook(EXAMPLE),
        seconds=order.seconds or package.seconds,
    )


def _public_key(file: RubricFile, note: Note) -> bytes:
    """The one that ships where it fits: it is the same on every machine."""
    key = shipped_key(file) or find_key(file, KeyRequest(device="cpu"), note=note)
    return key_bytes(key)


def _hidden_keys(file: RubricFile, worlds: int, jobs: int, note: Note) -> tuple[bytes, ...]:
    if not worlds or not file.rubric.only_hidden().probes:
        return ()
    if not has_reference(file.rubric):
        raise AnswerKeyError(
            "Hidden keys are made with the reference, which is not installed here: package where "
            "it is, or give --worlds 0 to do without hidden probes."
        )
    seeds: set[int] = set()
    while len(seeds) < worlds:
        seeds.add(fresh_seed())
    note(f"Making hidden keys ({worlds}); each takes some 20 s.")

    def made(seed: int) -> bytes:
        return key_bytes(build_key(file, KeyRequest(device="cpu", seed=seed, hidden=True)))

    with ThreadPoolExecutor(jobs) as pool:
        return tuple(pool.map(made, seeds))


def _notebook(stem: str) -> bytes:
    notebook = template(stem)
    if notebook is None:
        raise GraderError(f"The notebook {stem}.ipynb is not installed here.")
    return notebook
