"""Finds the answer key of a rubric: the one that ships with the lab, a cached one, or a new one."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata, resources
from pathlib import Path

from grader.answer_key.build import build_key
from grader.answer_key.file import decode_key, encode_key
from grader.answer_key.known_answers import with_known_mistakes
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.answer_key.record import Progress
from grader.answer_key.reference_source import has_reference, reference_sha256
from grader.errors import AnswerKeyError
from grader.files.atomic_write import write_atomically
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, read_bounded
from grader.labs import lab_packages
from grader.protocol.installation import DISTRIBUTION
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric

PUBLIC_SEED = 0
_MAX_KEY = 64 * 2**20
Note = Callable[[str], None]


def shipped_key(file: RubricFile) -> AnswerKey | None:
    """Return the public key that ships with the lab, if it fits this rubric and model."""
    package = lab_packages().get(file.rubric.lab)
    if package is None:
        return None
    source = resources.files(package) / "keys" / f"{file.rubric.lab}.key"
    if not source.is_file():
        return None
    key = decode_key(source.read_bytes(), name=source.name)
    same_model = key.provenance.model == file.rubric.models["grading"]
    return key if same_model and key.provenance.probing_sha256 == file.probing_sha256 else None


def rubric_with_mistakes(file: RubricFile) -> Rubric:
    """Return a rubric with the lab's known mistakes, as far as they can be found without a build.

    They come from the reference if it is installed, otherwise from the key that ships with the lab.

    Raises:
        RubricError: A mistake has problems, or the rubric rewords one that does not exist.
        AnswerKeyError: The shipped key cannot be read.
    """
    if has_reference(file.rubric):
        return with_known_mistakes(file.rubric)
    key = shipped_key(file)
    return file.rubric.with_mistakes(key.known_mistakes) if key else file.rubric


def find_key(
    file: RubricFile,
    request: KeyRequest,
    *,
    progress: Progress = lambda _frame: None,
    note: Note = lambda _text: None,
) -> AnswerKey:
    """Return a key: the one that ships with the lab, a cached one, or a new one.

    Args:
        file: The rubric.
        request: Options of the key; the public key fits every seed.
        progress: Called with each frame while a key is built.
        note: Called with a line for the user before a key is built.

    Raises:
        AnswerKeyError: No key fits, and the reference is not installed to build one.
    """
    if not request.hidden:
        request = replace(request, seed=PUBLIC_SEED)
        shipped = shipped_key(file)
        # The shipped key was built on a CPU; on a GPU, a key of the same device is better.
        if shipped and not (request.device == "cuda" and has_reference(file.rubric)):
            return shipped
    path = cached_key_path(file, request)
    if path.is_file():
        try:
            return decode_key(path.read_bytes(), name=str(path))
        except AnswerKeyError:
            note("The cached answer key is not readable; making it anew.")
    models = "the hidden models" if request.hidden else file.rubric.models["grading"]
    note(f"Making the answer key for {models} (once; it is kept).")
    key = build_key(file, request, progress)
    try:
        write_atomically(path, encode_key(key))
    except OSError:
        note("The answer key could not be kept; it will be made again next time.")
    return key


def read_key_file(path: Path, file: RubricFile, *, hidden: bool) -> AnswerKey:
    """Read a key from a file, for a machine without the reference.

    Args:
        path: The file.
        file: The rubric that the key must fit.
        hidden: True if it must answer the hidden probes, False for all others.

    Raises:
        AnswerKeyError: It cannot be read, or was built for another rubric, model or kind.
    """
    command = "grade key build --full" if hidden else "grade key build"
    try:
        key = decode_key(read_bounded(path, _MAX_KEY), name=str(path))
    except FileReadError as error:
        raise AnswerKeyError(f"Cannot read the key {printable(str(path))}: {error}.") from error
    if key.provenance.hidden != hidden:
        kind = "hidden" if hidden else "public"
        raise AnswerKeyError(f"{path} is no {kind} key: make one with `{command}`.")
    if key.provenance.probing_sha256 != file.probing_sha256:
        raise AnswerKeyError(f"{path} was made for another rubric or model: run `{command}` again.")
    return key


def cached_key_path(file: RubricFile, request: KeyRequest) -> Path:
    """Return the path of a cached key; its name is a digest of everything the key depends on."""
    parts = [
        file.rubric.lab,
        file.probing_sha256,
        reference_sha256(file.rubric),
        models_sha256(),
        file.rubric.models["grading"],
        request.device,
        str(request.seed),
        "hidden" if request.hidden else "public",
        *(metadata.version(name) for name in ("torch", "transformer_lens", DISTRIBUTION)),
    ]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / DISTRIBUTION / "keys" / f"{file.rubric.lab}-{digest}.key"


def models_sha256() -> str:
    """Return the digest of the code that constructs models, whose weights a key depends on."""
    package = Path(__file__).parents[1]
    files = [package / "protocol" / "model_names.py", *sorted((package / "models").rglob("*.py"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
