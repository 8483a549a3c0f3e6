"""What `grade doctor` says where something is amiss, and what to do about it."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.doctor.finding import ALL_WELL, Finding, summary, works
from grader.doctor.hardware import described, memory, room, torch
from grader.doctor.kernels import isolation
from grader.doctor.lab_files import key, weights
from grader.doctor.packages import optional, packages, plugin, python
from grader.rubric.load import find_rubric
from grader.sandbox.base import Backend
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.landlock import Landlock
from grader.sandbox.verify import Trial

WELL = Finding(name="a", says="fine")
ODD = Finding(name="b", says="slow", state="warning", advice="wait")
BAD = Finding(name="c", says="gone", state="problem", advice="bring it back")
CACHES = ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


def test_the_summary_says_what_to_do_first() -> None:
    """All well, all well but for some things, or the first thing to mend."""
    assert summary([WELL]) == ALL_WELL
    assert summary([WELL, ODD]) == f"{ALL_WELL} It could be better: b (see !)."
    assert summary([ODD, BAD, WELL]).endswith("First, c: bring it back")
    assert [works([WELL, ODD]), works([WELL, BAD])] == [True, False]


@pytest.mark.parametrize("version", ["3.9.1", "3.10.14", "2.7"])
def test_an_old_python_is_a_problem(version: str) -> None:
    """It says which one is needed."""
    found = python(version)
    assert found.state == "problem"
    assert ">=3.11" in found.says
    assert "3.11" in found.advice


def test_this_python_and_its_packages_are_well() -> None:
    """Tests run where the grader is installed."""
    assert (python().state, packages().state) == ("ok", "ok")


def test_a_package_that_lacks_or_does_not_fit_is_named() -> None:
    """With the line that installs it."""
    found = packages(["numpy>=999", "no-such-package-here>=1", "click", "pytest; extra == 'test'"])
    assert found.state == "problem"
    assert "no-such-package-here is missing" in found.says
    assert found.advice == "pip install 'numpy>=999' 'no-such-package-here>=1'"


def test_torch_that_breaks_is_a_problem() -> None:
    """Its last words are said."""
    found = torch("raise ImportError('libcudart is gone')")
    assert found.state == "problem"
    assert "libcudart is gone" in found.says


def test_devices_and_their_memory_are_named() -> None:
    """And a machine that has a GPU which torch does not see is told so."""
    cpu: dict[str, object] = {"version": "2.13", "cuda": None, "devices": []}
    gpu = {"version": "2.13", "cuda": "12.8", "devices": [["A100", 80 * 2**30]]}
    assert "A100 (80 GB)" in described(gpu, nvidia=True).says
    assert described(cpu, nvidia=False).state == "ok"
    assert described(cpu, nvidia=True).state == "warning"


def test_weights_are_looked_for_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there, begun, there: each is said with the place and what decides it."""
    for name in CACHES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("TRANSFORMERS_OFFLINE", "1")
    absent = weights()
    assert f"not in {tmp_path / 'hub'} (HF_HOME says so)" in absent.says
    assert "TRANSFORMERS_OFFLINE=1" in absent.says
    assert (absent.state, "hf download gpt2" in absent.advice) == ("ok", True)
    snapshot = tmp_path / "hub" / "models--gpt2" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    assert weights().state == "warning"
    (snapshot / "model.safetensors").write_bytes(b"weights")
    assert f"found in {tmp_path / 'hub'}" in weights().says
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "elsewhere"))
    assert "elsewhere (HF_HUB_CACHE says so)" in weights().says


@pytest.mark.parametrize(
    ("problems", "states"),
    [
        ((None, None), ["ok", "ok", "ok"]),
        ((None, "no"), ["ok", "ok", "ok"]),
        (("no", None), ["warning", "ok", "ok"]),
        (("no", "no"), ["warning", "warning", "warning"]),
    ],
)
def test_the_best_sandbox_that_holds_counts(
    problems: tuple[str | None, ...], states: list[str]
) -> None:
    """A weaker one is not missed; without any it says what is fine and what is not."""
    backends: tuple[Backend, ...] = (Bubblewrap(), Landlock())
    tried = [Trial(backend=b, problem=p) for b, p in zip(backends, problems, strict=True)]
    found = list(isolation(tried))
    assert [finding.state for finding in found] == states
    assert all(bool(finding.advice) == (finding.state != "ok") for finding in found)


def test_memory_is_compared_with_what_models_take() -> None:
    """Too little to grade is a problem, too little for GPT-2 alone is not."""
    assert memory(2**28).state == "problem"
    assert "not for GPT-2 small" in memory(2 * 2**30).says
    assert "and for GPT-2 small" in memory(64 * 2**30).says


@pytest.mark.skipif(sys.platform == "win32", reason="/dev/null is not there")
def test_a_folder_that_cannot_be_written_to_is_a_problem(tmp_path: Path) -> None:
    """It says which variable makes it another one."""
    assert room("Temporary files", tmp_path / "new", "TMPDIR").state in {"ok", "warning"}
    found = room("Temporary files", Path("/dev/null/tmp"), "TMPDIR")
    assert found.state == "problem"
    assert "TMPDIR" in found.advice


def test_a_rubric_without_a_key_needs_the_reference() -> None:
    """With the reference a key is made; without it nothing can be compared."""
    file = find_rubric(None)
    assert key(file, reference=False).state == "ok"
    changed = replace(file, rubric=file.rubric.on_model("planted-4x3@5"))
    assert key(changed, reference=True).state == "warning"
    assert key(changed, reference=False).state == "problem"


def test_the_plugin_is_missed_when_pytest_is_told_to_load_none() -> None:
    """It says how to load it all the same."""
    assert plugin({}).state == "ok"
    assert "pytest -p" in plugin({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}).advice
    assert re.match(r"\w", optional().says)
