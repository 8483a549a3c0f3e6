"""Determines which paths a sandbox can read: Python, its libraries and the grader's inner part.

It cannot read the reference, the rubrics, the answer keys, the rest of the grader, or anyone's
files.
"""

import importlib.util
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from grader.files.cache import hub_cache, kernel_readable_folders
from grader.labs import ENTRY_POINT_GROUP, lab_packages
from grader.protocol.model_names import is_synthetic, is_training_run
from grader.sandbox.base import SandboxLimits

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
"""The part of the grader that the driver and the kernel need; it contains no answers."""
_ANSWER_PACKAGES = ("reference", "rubrics", "student_template", "tests")
_SYSTEM = (
    "/bin /sbin /lib /lib64 /lib32 /libx32 /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/lib32 "
    "/usr/libx32 /usr/libexec /usr/share /usr/include /usr/local/bin /usr/local/lib "
    "/usr/local/share /usr/local/cuda /nix/store"
).split()
"""Not all of /usr, where a checkout or a platform's folders may lie."""
_ETC = (
    "ld.so.cache ld.so.conf ld.so.conf.d localtime timezone nsswitch.conf passwd group hosts fonts "
    "ssl/certs alternatives mime.types os-release locale.alias"
).split()


@dataclass(frozen=True, slots=True)
class VisiblePaths:
    """The paths a sandbox can read; all of them exist."""

    trees: tuple[Path, ...]
    """Trees that can be read, except for `hidden`."""
    hidden: tuple[Path, ...]
    """Folders that are empty in the sandbox, or absent."""
    grader: tuple[Path, ...]
    """Paths inside `hidden` that can be read all the same."""
    root: Path
    """The folder that contains the grader's package."""


def visible_paths(sandbox: SandboxLimits) -> VisiblePaths:
    """Return the paths this sandbox can read."""
    fixed = _fixed_paths()
    more = tuple(path for path in _required_paths(sandbox) if path.exists())
    return VisiblePaths((*fixed.trees, *more), fixed.hidden, fixed.grader, fixed.root)


@cache
def _fixed_paths() -> VisiblePaths:
    """Return the paths that all sandboxes can read."""
    trees = [*_existing(_SYSTEM), *_existing(f"/etc/{name}" for name in _ETC), *_python()]
    return VisiblePaths(
        trees=tuple(dict.fromkeys(trees)),
        hidden=tuple(dict.fromkeys((*_answer_packages(), _GRADER))),
        grader=tuple(_existing(_GRADER / name for name in _INSIDE)),
        root=_GRADER.parent,
    )


def _python() -> Iterator[Path]:
    """Yield the interpreter, its environment, and other folders it imports libraries from."""
    paths = sysconfig.get_paths()
    listed = [
        sys.base_prefix,
        sys.prefix,
        *(paths[name] for name in ("stdlib", "purelib", "platlib")),
    ]
    listed += [entry for entry in sys.path if "-packages" in entry]
    yield from _existing(listed)
    yield from _existing([str(Path(sys.executable).resolve().parents[1])])


def _answer_packages() -> Iterator[Path]:
    """Yield the folders of packages with answers: this lab's, and every installed lab's."""
    labs = (package.split(".")[0] for package in lab_packages().values())
    for name in dict.fromkeys((*_ANSWER_PACKAGES, *labs, *_packages_of_labs())):
        spec = importlib.util.find_spec(name)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(folder)


def _packages_of_labs() -> Iterator[str]:
    """Yield all top-level packages of the distributions that labs come in."""
    for point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        files = point.dist.files if point.dist else None
        tops = {
            file.parts[0] for file in files or () if file.suffix == ".py" and len(file.parts) > 1
        }
        yield from sorted(top for top in tops if top != "grader" and top.isidentifier())


def _required_paths(sandbox: SandboxLimits) -> Iterator[Path]:
    """Yield the folders of the caches and of the grading model."""
    yield from kernel_readable_folders()
    if sandbox.model and not (is_synthetic(sandbox.model) or is_training_run(sandbox.model)):
        yield Path(sandbox.model).absolute()
        yield hub_cache()


def _existing(paths: Iterable[str | Path]) -> Iterator[Path]:
    return (path for path in map(Path, paths) if path.exists())


def allow_rules(visible: VisiblePaths) -> tuple[list[Path], list[Path]]:
    """Convert the paths for Landlock, which can only allow: trees to read and folders to list.

    A folder that contains something hidden is split up: it can be listed, and its other entries
    can be read.
    """
    readable: list[Path] = list(visible.grader)
    listed: list[Path] = [visible.root]
    hidden = [path.resolve() for path in visible.hidden]
    waiting = [path.resolve() for path in visible.trees]
    while waiting:
        tree = waiting.pop()
        if any(tree == path or path in tree.parents for path in hidden):
            continue
        if any(tree in path.parents for path in hidden):
            listed.append(tree)
            waiting += sorted(tree.iterdir())
        else:
            readable.append(tree)
    return readable, listed
