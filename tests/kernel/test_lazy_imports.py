"""Lazy modules are not executed until they are used, and are then the real modules."""

import subprocess
import sys

import pytest

from grader.kernel.lazy_imports import LAZY_MODULES

pytestmark = pytest.mark.long

START = """
import sys
from grader.kernel.lazy_imports import LAZY_MODULES, lazy_imports
with lazy_imports():
    import grader.kernel.startup
waiting = lambda: [n for n in LAZY_MODULES if type(sys.modules.get(n)).__name__ == "_LazyModule"]
"""
PLAIN = "import sys\nimport grader.kernel.startup\n"
NAMES = [*LAZY_MODULES, "accelerate.utils.imports", "torch._dynamo.config", "datasets.features"]
LOOK = f"""
import importlib
for name in {NAMES}:
    module = importlib.import_module(name)
    names = sorted(n for n in dir(module) if not n.startswith("__"))
    spec = module.__spec__
    print(module.__name__, module.__file__, spec.name, type(spec.loader).__name__, names)
"""


def output_of(code: str) -> str:
    """Return what a separate process prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_kernel_that_uses_none_loads_none() -> None:
    """A kernel executes no lazy module when it starts, nor when a model runs."""
    run = """
import torch
from grader.kernel.model_store import ModelStore
model = ModelStore("cpu").pristine("planted-2x1@1/300")
model.run_with_cache(torch.tensor([[1, 2, 3]]))
print(set(LAZY_MODULES) - set(waiting()), "sympy" in sys.modules)
"""
    assert output_of(START + run) == "set() False\n"


def test_a_notebooks_import_gives_the_real_module() -> None:
    """A notebook's import gives a module with the names and file of a normal import."""
    lazy, plain = output_of(START + LOOK).splitlines(), output_of(PLAIN + LOOK).splitlines()
    assert len(lazy) == len(NAMES)
    assert lazy == plain


def test_submodules_are_loaded_once() -> None:
    """A submodule that its package loads as well is not loaded a second time."""
    run = """
import datasets.features as first
import datasets
print(first is datasets.features, first.audio.Audio is datasets.Audio is first.Audio)
print(first.__spec__.name, first.Features is datasets.arrow_dataset.Features)
"""
    assert output_of(START + run) == "True True\ndatasets.features True\n"


def test_proxies_are_replaced_by_the_real_objects() -> None:
    """Libraries get the real objects, and calls and isinstance work before that too."""
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
    assert output_of(START + run) == "False True\nTrue 1\nTrue function\nTrue\n"


def test_the_compiler_works_and_knows_marked_functions() -> None:
    """`torch.compile` is loaded when it is used, and decorators noted before are applied."""
    run = """
import torch
from grader.kernel import lazy_imports as lazy
noted = len(lazy._marked)
print(torch.compile(lambda x: x * 2, backend="eager")(torch.ones(2)).tolist())
print(noted > 0, len(lazy._marked))
"""
    assert output_of(START + run) == "[2.0, 2.0]\nTrue 0\n"


def test_nothing_is_delayed_after_the_import() -> None:
    """In a forked kernel, where all is imported, Python's finders are not changed."""
    run = """
before = list(sys.meta_path)
from grader.kernel.lazy_imports import lazy_imports
with lazy_imports():
    import datasets
print(type(datasets).__name__, sys.meta_path == before)
"""
    assert output_of(PLAIN + run) == "module True\n"
