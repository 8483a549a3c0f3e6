"""Tests ``python -m reference``: its options, its output, and its one-line errors."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from transformers import GPT2Config, GPT2LMHeadModel

from reference.__main__ import main

MODEL = "planted-4x3@5/10000"


def command(*arguments: object) -> Result:
    """Run the command in this process, by default without checkpoints and plot."""
    return CliRunner().invoke(
        main, ["--checkpoints", "none", "--no-plot", *map(str, arguments)], catch_exceptions=False
    )


def test_help_names_every_option() -> None:
    """`--help` exits with 0 and lists every option."""
    result = command("--help")
    assert result.exit_code == 0
    options = [name for option in main.params for name in option.opts if name.startswith("--")]
    assert [name for name in options if name not in result.output] == []
    assert len(options) > 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seq-len", 0], "seq_len must be at least 2"),
        (["--seq-len", 600], "seq_len must be at most 512"),
        (["--model", "generic-5x3@1/120"], "vocabulary of 10000 tokens or more"),
        (["--plot", "curve.gif"], "'curve.gif'"),
        (["--json", "nowhere/at.json"], "nowhere is no folder"),
        (["--memory", "12"], "got '12'"),
        (["--plot-formation", "curve.png"], "without checkpoints"),
    ],
)
def test_arguments_that_do_not_fit_the_model_exit_with_2(
    arguments: list[object], message: str
) -> None:
    """Arguments that do not fit the model give one line on standard error and no tables."""
    arguments = ["--model", MODEL, *arguments]
    result = CliRunner().invoke(main, ["--checkpoints", "none", *map(str, arguments)])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith("reference: ")
    assert message in result.stderr


@pytest.mark.parametrize("arguments", [["--bogus"], ["--samples", 0], ["--device", "tpu"]])
def test_wrong_usage_exits_with_2(arguments: list[object]) -> None:
    """An unknown option or value is reported by click."""
    result = command(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "nope"], "no model is called 'nope'"),
        (["--model", "gpt2-small"], "hf download"),
        (["--model", MODEL, "--checkpoints", "nope"], "nope"),
        (["--model", MODEL, "--bridge"], MODEL),
    ],
)
def test_a_missing_model_exits_with_3(
    arguments: list[object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing model gives one line on standard error that says what to do."""
    for module in ("huggingface_hub.constants", "transformers.utils.hub"):
        monkeypatch.setattr(f"{module}.HF_HUB_OFFLINE", True, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    result = command(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (3, "", 1)
    assert message in result.stderr


def test_a_smaller_budget_gives_the_same_numbers(tmp_path: Path) -> None:
    """The memory budget changes no measured number."""
    read = []
    for memory in ("1B", "1GiB"):
        file = tmp_path / "numbers.json"
        result = command("--model", MODEL, "--samples", 2, "--memory", memory, "--json", file)
        assert result.exit_code == 0
        read.append(json.loads(file.read_text(encoding="utf-8")))
    small, large = read
    assert small["settings"].pop("budget_bytes") < large["settings"].pop("budget_bytes")
    np.testing.assert_allclose(
        small["scores"]["induction"], large["scores"]["induction"], rtol=1e-5
    )
    assert small["ablations"][1]["loss"] == pytest.approx(large["ablations"][1]["loss"], rel=1e-5)


def test_double_precision_is_close(tmp_path: Path) -> None:
    """Results in float64 are close to those in float32, but not equal."""
    read = {}
    for dtype in ("float32", "float64"):
        file = tmp_path / "numbers.json"
        command("--model", MODEL, "--samples", 2, "--dtype", dtype, "--json", file)
        read[dtype] = json.loads(file.read_text(encoding="utf-8"))
        assert read[dtype]["subject"]["dtype"] == dtype
    losses = [numbers["ablations"][0]["loss"] for numbers in read.values()]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[0] != losses[1]


def test_a_bridge_gives_the_same_numbers(tmp_path: Path) -> None:
    """Both of TransformerLens's model classes give the same numbers for the same weights."""
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=10000, n_positions=64, n_embd=24, n_layer=2, n_head=3, initializer_range=0.4
    )
    GPT2LMHeadModel(config).eval().save_pretrained(tmp_path / "weights")  # type: ignore[no-untyped-call]  # untyped upstream
    read = []
    for option in ([], ["--bridge"]):
        file = tmp_path / "numbers.json"
        result = command("--model", tmp_path / "weights", "--samples", 2, "--json", file, *option)
        assert (result.exit_code, result.stderr) == (0, "")
        read.append(json.loads(file.read_text(encoding="utf-8")))
    hooked, bridge = read
    assert (hooked["subject"]["kind"], bridge["subject"]["kind"]) == (
        "HookedTransformer",
        "TransformerBridge",
    )
    for score, expected in hooked["scores"].items():
        np.testing.assert_allclose(bridge["scores"][score], expected, atol=1e-5)
    assert bridge["compositions"]["model"] == pytest.approx(hooked["compositions"]["model"])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_gives_the_same_numbers(tmp_path: Path) -> None:
    """The device changes the cost, but no measured number."""
    read = []
    for device in ("cpu", "cuda"):
        file = tmp_path / "numbers.json"
        result = command("--model", MODEL, "--samples", 2, "--device", device, "--json", file)
        assert result.exit_code == 0
        read.append(json.loads(file.read_text(encoding="utf-8")))
    cpu, cuda = read
    np.testing.assert_allclose(cuda["scores"]["induction"], cpu["scores"]["induction"], atol=1e-4)
    assert cuda["ablations"][1]["loss"] == pytest.approx(cpu["ablations"][1]["loss"], rel=1e-4)
    assert cuda["cost"]["memory"] == "torch on cuda"
    assert 0 < cuda["cost"]["peak_bytes"] < cpu["cost"]["peak_bytes"]


def test_a_process_prints_tables_and_nothing_else(tmp_path: Path) -> None:
    """Tables go to standard output without colours, nothing to standard error, plots to files."""
    arguments = ["--model", MODEL, "--device", "cpu", "--samples", "2", "--plot", "seen.svg"]
    result = subprocess.run(
        [sys.executable, "-m", "reference", *arguments, "--plot-formation", "formed.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{MODEL}\n")
    assert "\x1b" not in result.stdout
    assert {file.name for file in tmp_path.iterdir()} == {"seen.svg", "formed.png"}


def test_the_docs_name_every_option() -> None:
    """The page about the command in the docs names every option."""
    page = Path(__file__).parents[2] / "docs" / "expected.md"
    text = page.read_text(encoding="utf-8")
    options = [name for option in main.params for name in option.opts if name.startswith("--")]
    assert [name for name in options if f"`{name}" not in text] == []
