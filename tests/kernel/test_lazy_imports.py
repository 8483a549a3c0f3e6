"""Modules whose import waits: not there while nobody uses them, the real ones if somebody does."""

import subprocess
import sys

from grader.kernel.lazy_imports import DEFERRED

START = """
import sys
from grader.kernel.lazy_imports import DEFERRED, deferring
with deferring():
    import grader.kernel.startup
waiting = lambda: [n for n in DEFERRED if type(sys.modules.get(n)).__name__ == "_Deferred"]
"""
PLAIN = "import sys\nimport grader.kernel.startup\n"
NAMES = [*DEFERRED, "accelerate.utils.imports", "torch._dynamo.config", "datasets.features"]
LOOK = f"""
import importlib
for name in {NAMES}:
    module = importlib.import_module(name)
    names = sorted(n for n in dir(module) if not n.startswith("__"))
    spec = module.__spec__
    print(module.__name__, module.__file__, spec.name, type(spec.loader).__name__, names)
"""


def said(code: str) -> str:
    """What a process of its own prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_kernel_that_uses_none_loads_none() -> None:
    """Not when it starts, and not when a model runs; that is what it is for."""
    run = """
import torch
from grader.kernel.model_store import Shelf
model = Shelf("cpu").pristine("planted-2x1@1/300")
model.run_with_cache(torch.tensor([[1, 2, 3]]))
print(set(DEFERRED) - set(waiting()), "sympy" in sys.modules)
"""
    assert said(START + run) == "set() False\n"


def test_a_notebooks_import_gives_the_real_module() -> None:
    """Every name that it has in a process where nothing was deferred, and the same file."""
    ours, theirs = said(START + LOOK).splitlines(), said(PLAIN + LOOK).splitlines()
    assert len(ours) == len(NAMES)
    assert ours == theirs


def test_what_lies_in_one_is_loaded_once() -> None:
    """A package that is loaded for the sake of what is below it may have loaded that as well."""
    run = """
import datasets.features as first
import datasets
print(first is datasets.features, first.audio.Audio is datasets.Audio is first.Audio)
print(first.__spec__.name, first.Features is datasets.arrow_dataset.Features)
"""
    assert said(START + run) == "True True\ndatasets.features True\n"


def test_what_was_imported_from_one_is_the_real_thing_afterwards() -> None:
    """Libraries' names are the module's own, and calls and tests of class work before that too."""
    run = """
from transformer_lens.utilities import hf_utils
print(isinstance([], hf_utils.Dataset), "datasets.arrow_dataset" in waiting() + list(sys.modules))
made = hf_utils.Dataset.from_dict({"text": ["a"]})
print(isinstance(made, hf_utils.Dataset), len(made))
import datasets
print(hf_utils.Dataset is datasets.Dataset, type(hf_utils.load_dataset).__name__)
class Mine(hf_utils.Dataset): ...
print(issubclass(Mine, datasets.Dataset))
"""
    assert said(START + run) == "False True\nTrue 1\nTrue function\nTrue\n"


def test_the_compiler_works_and_knows_what_was_marked() -> None:
    """`torch.compile` is loaded when a notebook asks for it, with the decorators' notes."""
    run = """
import torch
from grader.kernel import lazy_imports as deferred
noted = len(deferred._marked)
print(torch.compile(lambda x: x * 2, backend="eager")(torch.ones(2)).tolist())
print(noted > 0, len(deferred._marked))
"""
    assert said(START + run) == "[2.0, 2.0]\nTrue 0\n"


def test_where_it_has_been_imported_nothing_is_deferred() -> None:
    """A forked kernel has it all, and Python's finders are left alone."""
    run = """
before = list(sys.meta_path)
from grader.kernel.lazy_imports import deferring
with deferring():
    import datasets
print(type(datasets).__name__, sys.meta_path == before)
"""
    assert said(PLAIN + run) == "module True\n"
