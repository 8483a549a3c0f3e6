"""What a sandbox can read: Python, its libraries, and of the grader what runs beside a notebook.

Not the reference, the rubrics, the answer keys, the rest of the grader, or anyone's files.
"""

import importlib.util
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from grader.files.cache import hub_cache, kept_for_kernels
from grader.labs import GROUP, lab_packages
from grader.protocol.training_runs import is_run
from grader.rubric.hidden_models import is_constructed
from grader.sandbox.base import Sandbox

_GRADER = Path(__file__).parents[1]
_INSIDE = (
    "__init__.py",
    "errors.py",
    "protocol",
    "kernel",
    "models",
    "sandbox/__init__.py",
    "sandbox/inside",
)
"""The part of the grader that a driver and a kernel need, and that everyone may know."""
_ANSWERS = ("reference", "rubrics", "student_template", "tests")
_SYSTEM = (
    "/bin /sbin /lib /lib64 /lib32 /libx32 /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/lib32 "
    "/usr/libx32 /usr/libexec /usr/share /usr/include /usr/local/bin /usr/local/lib "
    "/usr/local/share /usr/local/cuda /nix/store"
).split()
"""Not all of /usr: a checkout or a platform's folders may lie below it."""
_SETTINGS = (
    "ld.so.cache ld.so.conf ld.so.conf.d localtime timezone nsswitch.conf passwd group hosts fonts "
    "ssl/certs alternatives mime.types os-release locale.alias"
).split()


@dataclass(frozen=True, slots=True)
class View:
    """Paths a sandbox can read; all exist."""

    trees: tuple[Path, ...]
    """Everything below them, but for what is hidden."""
    hidden: tuple[Path, ...]
    """Folders that are empty in the sandbox, or not there."""
    grader: tuple[Path, ...]
    """Readable all the same, inside what is hidden."""
    root: Path
    """The folder that the grader's package is found in."""


def view(sandbox: Sandbox) -> View:
    """What this sandbox can read."""
    fixed = _fixed_view()
    more = tuple(path for path in _wanted(sandbox) if path.exists())
    return View((*fixed.trees, *more), fixed.hidden, fixed.grader, fixed.root)


@cache
def _fixed_view() -> View:
    trees = [*_existing(_SYSTEM), *_existing(f"/etc/{name}" for name in _SETTINGS), *_python()]
    return View(
        trees=tuple(dict.fromkeys(trees)),
        hidden=tuple(dict.fromkeys((*_packages_of_answers(), _GRADER))),
        grader=tuple(_existing(_GRADER / name for name in _INSIDE)),
        root=_GRADER.parent,
    )


def _python() -> Iterator[Path]:
    """The interpreter, its environment, and what else this process imports libraries from."""
    paths = sysconfig.get_paths()
    listed = [
        sys.base_prefix,
        sys.prefix,
        *(paths[name] for name in ("stdlib", "purelib", "platlib")),
    ]
    listed += [entry for entry in sys.path if "-packages" in entry]
    yield from _existing(listed)
    yield from _existing([str(Path(sys.executable).resolve().parents[1])])


def _packages_of_answers() -> Iterator[Path]:
    """Where the answers are installed: ours by name, another lab's by its entry point."""
    labs = (package.split(".")[0] for package in lab_packages().values())
    for name in dict.fromkeys((*_ANSWERS, *labs, *_references())):
        spec = importlib.util.find_spec(name)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(folder)


def _references() -> Iterator[str]:
    """Top packages that the labs' distributions bring."""
    for point in metadata.entry_points(group=GROUP):
        files = point.dist.files if point.dist else None
        tops = {
            file.parts[0] for file in files or () if file.suffix == ".py" and len(file.parts) > 1
        }
        yield from sorted(top for top in tops if top != "grader" and top.isidentifier())


def _wanted(sandbox: Sandbox) -> Iterator[Path]:
    """What the grading model is loaded from, and what is made once and kept."""
    yield from kept_for_kernels()
    if sandbox.model and not (is_constructed(sandbox.model) or is_run(sandbox.model)):
        yield Path(sandbox.model).absolute()
        yield hub_cache()


def _existing(paths: Iterable[str | Path]) -> Iterator[Path]:
    return (path for path in map(Path, paths) if path.exists())


def carved(view: View) -> tuple[list[Path], list[Path]]:
    """The same as rules that can only allow: what is read whole, and what is only listed.

    A folder with something hidden in it is taken apart: listed itself, its other members read.
    """
    whole: list[Path] = list(view.grader)
    listed: list[Path] = [view.root]
    hidden = [path.resolve() for path in view.hidden]
    waiting = [path.resolve() for path in view.trees]
    while waiting:
        tree = waiting.pop()
        if any(tree == path or path in tree.parents for path in hidden):
            continue
        if any(tree in path.parents for path in hidden):
            listed.append(tree)
            waiting += sorted(tree.iterdir())
        else:
            whole.append(tree)
    return whole, listed
