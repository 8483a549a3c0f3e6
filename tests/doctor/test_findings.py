"""Tests of the findings of `grade doctor` and their advice."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.doctor.finding import ALL_WELL, Finding, is_usable, summary
from grader.doctor.hardware import check_folder, check_memory, check_torch, describe_torch
from grader.doctor.kernels import check_isolation
from grader.doctor.lab_files import check_key, check_weights
from grader.doctor.packages import check_extras, check_packages, check_plugin, check_python
from grader.rubric.load import load_rubric
from grader.sandbox.base import Backend
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.landlock import Landlock
from grader.sandbox.verify import BackendCheck

GOOD = Finding(name="a", message="fine")
WARNING = Finding(name="b", message="slow", state="warning", advice="wait")
PROBLEM = Finding(name="c", message="gone", state="problem", advice="bring it back")
CACHES = ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


def test_the_summary_has_the_first_problem() -> None:
    """The line says that all is well, lists warnings, or has the advice on the first problem."""
    assert summary([GOOD]) == ALL_WELL
    assert summary([GOOD, WARNING]) == f"{ALL_WELL} You can improve: b (see !)."
    assert summary([WARNING, PROBLEM, GOOD]).endswith("First, c: bring it back")
    assert [is_usable([GOOD, WARNING]), is_usable([GOOD, PROBLEM])] == [True, False]


@pytest.mark.parametrize("version", ["3.9.1", "3.10.14", "2.7"])
def test_an_old_python_is_a_problem(version: str) -> None:
    """The finding names the required version."""
    found = check_python(version)
    assert found.state == "problem"
    assert ">=3.11" in found.message
    assert "3.11" in found.advice


def test_this_python_and_its_packages_are_ok() -> None:
    """The environment in which the tests run meets the requirements."""
    assert (check_python().state, check_packages().state) == ("ok", "ok")


def test_missing_and_unsuitable_packages_are_named() -> None:
    """The advice is the command that installs them."""
    requirements = [
        "numpy>=999",
        "no-such-package-here>=1",
        "click",
        "pytest; extra == 'test'",
    ]
    found = check_packages(requirements)
    assert found.state == "problem"
    assert "no-such-package-here is missing" in found.message
    assert found.advice == "pip install 'numpy>=999' 'no-such-package-here>=1'"


def test_a_broken_torch_is_a_problem() -> None:
    """The finding has the last line of its error message."""
    found = check_torch("raise ImportError('libcudart is gone')")
    assert found.state == "problem"
    assert "libcudart is gone" in found.message


def test_devices_and_their_memory_are_named() -> None:
    """An NVIDIA GPU that torch does not see gives a warning."""
    cpu: dict[str, object] = {"version": "2.13", "cuda": None, "devices": []}
    gpu = {"version": "2.13", "cuda": "12.8", "devices": [["A100", 80 * 2**30]]}
    assert "A100 (80 GB)" in describe_torch(gpu, has_nvidia_driver=True).message
    assert describe_torch(cpu, has_nvidia_driver=False).state == "ok"
    assert describe_torch(cpu, has_nvidia_driver=True).state == "warning"


def test_weights_are_searched_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, incomplete and complete weights are told apart, with the folder and its reason."""
    for name in CACHES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("TRANSFORMERS_OFFLINE", "1")
    absent = check_weights()
    assert f"not in {tmp_path / 'hub'} (set by HF_HOME)" in absent.message
    assert "TRANSFORMERS_OFFLINE=1" in absent.message
    assert (absent.state, "hf download gpt2" in absent.advice) == ("ok", True)
    snapshot = tmp_path / "hub" / "models--gpt2" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    assert check_weights().state == "warning"
    (snapshot / "model.safetensors").write_bytes(b"weights")
    assert f"found in {tmp_path / 'hub'}" in check_weights().message
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "elsewhere"))
    assert "elsewhere (set by HF_HUB_CACHE)" in check_weights().message


@pytest.mark.parametrize(
    ("problems", "states"),
    [
        ((None, None), ["ok", "ok", "ok"]),
        ((None, "no"), ["ok", "ok", "ok"]),
        (("no", None), ["warning", "ok", "ok"]),
        (("no", "no"), ["warning", "warning", "warning"]),
    ],
)
def test_the_best_sandbox_that_works_counts(
    problems: tuple[str | None, ...], states: list[str]
) -> None:
    """A weaker one that fails gives no warning; without any there is advice."""
    backends: tuple[Backend, ...] = (Bubblewrap(), Landlock())
    tried = [BackendCheck(backend=b, problem=p) for b, p in zip(backends, problems, strict=True)]
    found = list(check_isolation(tried))
    assert [finding.state for finding in found] == states
    assert all(bool(finding.advice) == (finding.state != "ok") for finding in found)


def test_memory_is_compared_with_what_models_need() -> None:
    """Too little to grade is a problem; too little for GPT-2 only is not."""
    assert check_memory(2**28).state == "problem"
    assert "not for GPT-2 small" in check_memory(2 * 2**30).message
    assert "and for GPT-2 small" in check_memory(64 * 2**30).message


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/null")
def test_a_folder_that_cannot_be_written_to_is_a_problem(tmp_path: Path) -> None:
    """The advice names the environment variable that selects another folder."""
    assert check_folder("Temporary files", tmp_path / "new", "TMPDIR").state in {"ok", "warning"}
    found = check_folder("Temporary files", Path("/dev/null/tmp"), "TMPDIR")
    assert found.state == "problem"
    assert "TMPDIR" in found.advice


def test_a_rubric_without_a_key_needs_the_reference() -> None:
    """With the reference a key can be built; without it grading is impossible."""
    file = load_rubric(None)
    assert check_key(file, reference=False).state == "ok"
    changed = replace(file, rubric=file.rubric.on_model("planted-4x3@5"))
    assert check_key(changed, reference=True).state == "warning"
    assert check_key(changed, reference=False).state == "problem"


def test_disabled_pytest_plugins_give_a_warning() -> None:
    """The advice is the option that loads the plugin."""
    assert check_plugin({}).state == "ok"
    assert "pytest -p" in check_plugin({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}).advice
    assert re.match(r"\w", check_extras().message)
