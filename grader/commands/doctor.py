"""``grade doctor``: what works on this machine, in plain words."""

import importlib.util
import platform
from collections.abc import Iterator
from importlib import metadata

from rich.console import Console
from rich.table import Table

from grader.caches import hub_cache
from grader.errors import GraderError
from grader.execution import run_job
from grader.isolation.choice import trials
from grader.key_store import shipped_key
from grader.memory import BASE, memory_here, memory_needed
from grader.probing import Job
from grader.rubric_file import RubricFile, find_rubric

_GB = 2**30
_PROTECTION = {
    "bubblewrap": "bubblewrap: no network, no files but their own, limits on everything",
    "landlock": "landlock: no network, no files but their own, limits; processes and free disk "
    "space of this machine can be seen",
    None: "no sandbox: limits on time only. Answers stay out of the notebook's process all the "
    "same, but not out of its reach on the disk; grade only notebooks you trust",
}


def examine() -> None:
    """Try everything grading needs and print a line for each."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row("Python", platform.python_version())
    for name in ("torch", "transformer_lens", "nbclient", "ipykernel", "induction-lab-grader"):
        table.add_row(name, _installed(name))
    file = find_rubric(None)
    table.add_row(
        "Rubric", f"{file.rubric.lab} {file.rubric.version}, {len(file.rubric.criteria)} criteria"
    )
    table.add_row("Answer key", _key(file))
    table.add_row("Reference", _reference(file))
    table.add_row("Kernel", _kernel(file))
    table.add_row(
        "Memory", f"{memory_here() / _GB:.1f} GB free; grading takes about {BASE / _GB:.1f} GB"
    )
    table.add_row("GPT-2 weights", _weights())
    for name, found in _isolation():
        table.add_row(name, found)
    Console().print(table)


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"not installed: pip install {name}"


def _key(file: RubricFile) -> str:
    try:
        key = shipped_key(file)
    except GraderError as error:
        return str(error)
    if key is None:
        return "the one that ships does not fit the rubric: one is made on first use"
    return f"ships with the package, for {key.about.model} (made with torch {key.about.torch})"


def _reference(file: RubricFile) -> str:
    package = file.rubric.reference.modules[0].split(".")[0]
    if importlib.util.find_spec(package) is None:
        return "not installed: self-checks work, other models and seeds do not"
    return "installed"


def _kernel(file: RubricFile) -> str:
    """Start a real one with the grading model."""
    job = Job(
        cells=(),
        probes=(),
        recordings={},
        limits=file.rubric.limits,
        model=file.rubric.models["grading"],
        device="auto",
        seed=0,
    )
    try:
        environment = run_job(job).environment
    except GraderError as error:
        return str(error)
    return f"starts, with {environment['model']} on {environment['device']}"


def _isolation() -> Iterator[tuple[str, str]]:
    """Every backend tried, and what is protected with what holds here."""
    best = None
    for trial in trials():
        best = best or (trial.backend.name if trial.problem is None else None)
        yield f"Isolation: {trial.backend.name}", trial.problem or "holds (tried just now)"
    yield "Notebooks run in", _PROTECTION[best]


def _weights() -> str:
    hub = hub_cache()
    found = [
        name for name in ("models--gpt2", "models--openai-community--gpt2") if (hub / name).is_dir()
    ]
    if found:
        needed = memory_needed("gpt2-small")
        about = f", with about {needed / _GB:.1f} GB of memory" if needed else ""
        return f"found in {hub}: --model gpt2-small works{about}"
    return f"not in {hub}; not needed, unless you grade with --model gpt2-small"
