"""Finding the answer key that fits: the one that ships, one made before, or a new one."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata, resources
from pathlib import Path

from grader.answer_key.build import build_key
from grader.answer_key.file import key_bytes, read_key, write_atomically
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.answer_key.record import Progress
from grader.answer_key.reference_source import has_reference, reference_sha256
from grader.errors import AnswerKeyError
from grader.files.untrusted import ReadingError, read_regular, shown
from grader.labs import lab_packages
from grader.rubric.load import RubricFile

PUBLIC_SEED = 0
_MAX_KEY = 64 * 2**20
Note = Callable[[str], None]


def shipped_key(file: RubricFile) -> AnswerKey | None:
    """The public key of this rubric's lab, if it was made for this rubric and model."""
    package = lab_packages().get(file.rubric.lab)
    if package is None:
        return None
    source = resources.files(package) / "keys" / f"{file.rubric.lab}.key"
    if not source.is_file():
        return None
    key = read_key(source.read_bytes(), name=source.name)
    same_model = key.about.model == file.rubric.models["grading"]
    return key if same_model and key.about.probing_sha256 == file.probing_sha256 else None


def find_key(
    file: RubricFile,
    request: KeyRequest,
    *,
    progress: Progress = lambda _frame: None,
    note: Note = lambda _text: None,
) -> AnswerKey:
    """The key that is asked for: the one that ships, one made before, or a new one.

    Args:
        file: The rubric.
        request: What the key is wanted for; the public key fits every seed.
        progress: Called with each frame while a key is built.
        note: Called with a line for the user when one is.

    Raises:
        AnswerKeyError: None fits and the reference is not here to make one.
    """
    if not request.hidden:
        request = replace(request, seed=PUBLIC_SEED)
        shipped = shipped_key(file)
        # The one that ships was made on a CPU, for which tolerances widen.
        if shipped and not (request.device == "cuda" and has_reference(file.rubric)):
            return shipped
    path = cached_path(file, request)
    if path.is_file():
        try:
            return read_key(path.read_bytes(), name=str(path))
        except AnswerKeyError:
            note("The cached answer key is not readable; making it anew.")
    what = "the hidden models" if request.hidden else file.rubric.models["grading"]
    note(f"Making the answer key for {what} (once; it is kept).")
    key = build_key(file, request, progress)
    try:
        write_atomically(path, key_bytes(key))
    except OSError:
        note("The answer key could not be kept; it will be made again next time.")
    return key


def read_given_key(path: Path, file: RubricFile, *, hidden: bool) -> AnswerKey:
    """A key from a file, for where the reference is not.

    Args:
        path: The file.
        file: The rubric it must be for.
        hidden: Whether it must answer the hidden probes, or all others.

    Raises:
        AnswerKeyError: It cannot be read, or was made for something else.
    """
    make = "grade key build --full" if hidden else "grade key build"
    try:
        key = read_key(read_regular(path, _MAX_KEY), name=str(path))
    except ReadingError as error:
        raise AnswerKeyError(f"Cannot read the key {shown(str(path))}: {error}.") from error
    if key.about.hidden != hidden:
        kind = "hidden" if hidden else "public"
        raise AnswerKeyError(f"{path} is no {kind} key: make one with `{make}`.")
    if key.about.probing_sha256 != file.probing_sha256:
        raise AnswerKeyError(f"{path} was made for another rubric or model: run `{make}` again.")
    return key


def cached_path(file: RubricFile, request: KeyRequest) -> Path:
    """Where a key made here is kept: named by everything it depends on."""
    parts = [
        file.rubric.lab,
        file.probing_sha256,
        reference_sha256(file.rubric),
        models_sha256(),
        file.rubric.models["grading"],
        request.device,
        str(request.seed),
        "hidden" if request.hidden else "public",
        *(metadata.version(name) for name in ("torch", "transformer_lens", "induction-lab-grader")),
    ]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "induction-lab-grader" / "keys" / f"{file.rubric.lab}-{digest}.key"


def models_sha256() -> str:
    """Digest of the code that constructs models: a key is about the weights it makes."""
    files = sorted((Path(__file__).parents[1] / "models").rglob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
