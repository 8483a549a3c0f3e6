"""``python -m reference``: options in, tables out, one line where it cannot be done."""

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
    """Run the command in this process, without checkpoints and picture unless they are given."""
    return CliRunner().invoke(
        main, ["--checkpoints", "none", "--no-plot", *map(str, arguments)], catch_exceptions=False
    )


def test_help_names_every_option() -> None:
    """Asking for help is no error, and no option is left out."""
    done = command("--help")
    assert done.exit_code == 0
    options = [name for option in main.params for name in option.opts if name.startswith("--")]
    assert [name for name in options if name not in done.output] == []
    assert len(options) > 10


@pytest.mark.parametrize(
    ("arguments", "said"),
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
def test_what_does_not_fit_is_2(arguments: list[object], said: str) -> None:
    """Arguments that do not fit the model are one line on standard error, and no table."""
    arguments = ["--model", MODEL, *arguments]
    done = CliRunner().invoke(main, ["--checkpoints", "none", *map(str, arguments)])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("reference: ")
    assert said in done.stderr


@pytest.mark.parametrize("arguments", [["--bogus"], ["--samples", 0], ["--device", "tpu"]])
def test_wrong_usage_is_2(arguments: list[object]) -> None:
    """An unknown option or value is said as click says it."""
    done = command(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Error: " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--model", "nope"], "no model is called 'nope'"),
        (["--model", "gpt2-small"], "hf download"),
        (["--model", MODEL, "--checkpoints", "nope"], "nope"),
        (["--model", MODEL, "--bridge"], MODEL),
    ],
)
def test_what_is_missing_is_3(
    arguments: list[object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that is not here is one line on standard error that says what to do."""
    for module in ("huggingface_hub.constants", "transformers.utils.hub"):
        monkeypatch.setattr(f"{module}.HF_HUB_OFFLINE", True, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    done = command(*arguments)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert said in done.stderr


def test_a_smaller_budget_gives_the_same_numbers(tmp_path: Path) -> None:
    """What a forward pass may take changes what it took, and nothing that was found."""
    read = []
    for memory in ("1B", "1GiB"):
        file = tmp_path / "numbers.json"
        done = command("--model", MODEL, "--samples", 2, "--memory", memory, "--json", file)
        assert done.exit_code == 0
        read.append(json.loads(file.read_text(encoding="utf-8")))
    small, large = read
    assert small["settings"].pop("budget_bytes") < large["settings"].pop("budget_bytes")
    np.testing.assert_allclose(
        small["scores"]["induction"], large["scores"]["induction"], rtol=1e-5
    )
    assert small["ablations"][1]["loss"] == pytest.approx(large["ablations"][1]["loss"], rel=1e-5)


def test_double_precision_is_close(tmp_path: Path) -> None:
    """float64 is what float32 is held against: near, and not the same."""
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
    """Either of TransformerLens's two ways to load real weights finds the same in them."""
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=10000, n_positions=64, n_embd=24, n_layer=2, n_head=3, initializer_range=0.4
    )
    GPT2LMHeadModel(config).eval().save_pretrained(tmp_path / "weights")  # type: ignore[no-untyped-call]  # untyped there
    read = []
    for option in ([], ["--bridge"]):
        file = tmp_path / "numbers.json"
        done = command("--model", tmp_path / "weights", "--samples", 2, "--json", file, *option)
        assert (done.exit_code, done.stderr) == (0, "")
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
    """The device changes what it took and where, and nothing that was found."""
    read = []
    for device in ("cpu", "cuda"):
        file = tmp_path / "numbers.json"
        done = command("--model", MODEL, "--samples", 2, "--device", device, "--json", file)
        assert done.exit_code == 0
        read.append(json.loads(file.read_text(encoding="utf-8")))
    cpu, cuda = read
    np.testing.assert_allclose(cuda["scores"]["induction"], cpu["scores"]["induction"], atol=1e-4)
    assert cuda["ablations"][1]["loss"] == pytest.approx(cpu["ablations"][1]["loss"], rel=1e-4)
    assert cuda["cost"]["memory"] == "torch on cuda"
    assert 0 < cuda["cost"]["peak_bytes"] < cpu["cost"]["peak_bytes"]


def test_a_process_prints_tables_and_nothing_else(tmp_path: Path) -> None:
    """Standard output can be piped, standard error stays empty, files are where they should be."""
    arguments = ["--model", MODEL, "--device", "cpu", "--samples", "2", "--plot", "seen.svg"]
    done = subprocess.run(
        [sys.executable, "-m", "reference", *arguments, "--plot-formation", "formed.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{MODEL}\n")
    assert "\x1b" not in done.stdout
    assert {file.name for file in tmp_path.iterdir()} == {"seen.svg", "formed.png"}


def test_the_page_on_it_names_every_option() -> None:
    """What the command can do is in the docs."""
    page = Path(__file__).parents[2] / "docs" / "expected.md"
    text = page.read_text(encoding="utf-8")
    options = [name for option in main.params for name in option.opts if name.startswith("--")]
    assert [name for name in options if f"`{name}" not in text] == []
