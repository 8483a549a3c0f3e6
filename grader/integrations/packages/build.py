"""Collects a package's contents: the installed grader, a rubric and its answer keys."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from grader.answer_key.build import build_key
from grader.answer_key.file import encode_key
from grader.answer_key.find import find_key, shipped_key
from grader.answer_key.model import KeyRequest
from grader.answer_key.reference_source import has_reference
from grader.errors import AnswerKeyError, GraderError
from grader.integrations.packages.contents import PackageContents
from grader.integrations.packages.registry import PACKAGES
from grader.integrations.packages.wheel import build_wheel, constraints_text, wheel_filename
from grader.labs import EXAMPLE, read_notebook
from grader.protocol.installation import grader_version
from grader.rubric.document import RUBRIC_FILE
from grader.rubric.hidden_models import random_seed
from grader.rubric.load import RubricFile, RubricSource, parse_source, rubric_source

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOptions:
    """Options of ``grade package``."""

    platform: str
    rubric: str | None = None
    model_sets: int = 8
    """Number of hidden keys, each for its own set of hidden models."""
    jobs: int = 1
    """Number of hidden keys to build at a time."""
    time_limit: float | None = None
    """Time limit of the platform; None for its usual one."""
    index_url: str | None = None
    """URL of a further package index for pip."""
    include_reference: bool = False
    """True to pack the reference solution's source too."""


def collect_contents(order: PackageOptions, note: Note) -> PackageContents:
    """Read the installed parts and build the keys.

    Args:
        order: The package to build.
        note: Called with a progress message before keys are built.

    Raises:
        RubricError: The rubric cannot be read or has mistakes.
        AnswerKeyError: A key cannot be built: the reference is missing or fails.
        GraderError: The grader is not installed as a package.
    """
    package = PACKAGES[order.platform]
    source = rubric_source(order.rubric)
    file = parse_source(source)
    public_key = _public_key(file, note)
    # The students' wheel contains their rubric. Elsewhere the rubric lies beside the wheel, so that
    # one image serves all rubrics.
    is_student = order.platform == "student"
    bundled = _bundled_files(file.rubric.lab, source, public_key)
    return PackageContents(
        lab=file.rubric.lab,
        title=file.rubric.title,
        grader_version=grader_version(),
        wheel_filename=wheel_filename(),
        wheel=build_wheel(
            replacements=bundled if is_student else {},
            include_reference=order.include_reference,
            only_lab=file.rubric.lab if is_student else None,
        ),
        constraints=constraints_text(),
        index_url=order.index_url,
        rubric=_rubric_files(source),
        public_key=public_key,
        hidden_keys=_hidden_keys(file, order, note) if package.includes_hidden_keys else (),
        template=_notebook(file.rubric.lab),
        example=_notebook(EXAMPLE),
        time_limit=order.time_limit or package.time_limit,
    )


def _rubric_files(source: RubricSource) -> dict[str, bytes]:
    """Return the rubric's files; a rubric of one file is always called ``rubric.yaml``."""
    files = {name: text.encode() for name, text in source.parts.items()}
    return {RUBRIC_FILE: next(iter(files.values()))} if len(files) == 1 else files


def _bundled_files(lab: str, source: RubricSource, public_key: bytes) -> dict[str, bytes]:
    """Return the rubric and its key by their paths in the students' wheel."""
    files = _rubric_files(source)
    if len(files) == 1:
        paths = {f"rubrics/{lab}.yaml": files[RUBRIC_FILE]}
    else:
        paths = {f"rubrics/{lab}/{name}": data for name, data in files.items()}
    return {**paths, f"rubrics/keys/{lab}.key": public_key}


def _public_key(file: RubricFile, note: Note) -> bytes:
    """Return the shipped key if it fits the rubric, since it is the same on every machine."""
    key = shipped_key(file) or find_key(file, KeyRequest(device="cpu"), note=note)
    return encode_key(key)


def _hidden_keys(file: RubricFile, order: PackageOptions, note: Note) -> tuple[bytes, ...]:
    if not order.model_sets or not file.rubric.only_hidden().probes:
        return ()
    if not has_reference(file.rubric):
        raise AnswerKeyError(
            "Hidden keys are built with the reference solution, which is not installed here. Run "
            "this where it is, or give --model-sets 0 to do without hidden probes."
        )
    seeds: set[int] = set()
    while len(seeds) < order.model_sets:
        seeds.add(random_seed())
    note(f"Building {order.model_sets} hidden keys; each takes about 20 s.")

    def build(seed: int) -> bytes:
        return encode_key(build_key(file, KeyRequest(device="cpu", seed=seed, hidden=True)))

    with ThreadPoolExecutor(order.jobs) as pool:
        return tuple(pool.map(build, seeds))


def _notebook(stem: str) -> bytes:
    notebook = read_notebook(stem)
    if notebook is None:
        raise GraderError(f"The notebook {stem}.ipynb is not installed here.")
    return notebook
