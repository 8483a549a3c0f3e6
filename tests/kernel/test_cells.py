"""Cells that fail: the run goes on, and the report says what happened."""

from pathlib import Path

import pytest

from tests.notebooks import LOAD, SEQUENCES, graded, write

pytestmark = pytest.mark.kernel

FUNCTION = "create_repeated_sequence"


def test_cells_that_raise_do_not_stop_a_run(tmp_path: Path) -> None:
    """Syntax errors, exceptions, exits and calls of input() lose no points by themselves."""
    cells = [
        "def broken(:",
        "1 / 0",
        "import sys; sys.exit(3)",
        "exit()",
        "name = input('Your name? '); assert name == ''",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "!pip install transformer_lens\n%pip install -q plotly",
        "print('x' * 3_000_000)",
        SEQUENCES,
    ]
    result = graded(write(tmp_path / "x.ipynb", cells), only=FUNCTION)
    assert result.outcomes(FUNCTION) == {"passed"}
    assert result.errors() == {
        0: "SyntaxError",
        1: "ZeroDivisionError",
        2: "SystemExit",
        3: "SystemExit",
    }
    assert sum("skipped" in note for note in result.report.notes) == 2


def test_a_cell_that_never_returns_is_interrupted(tmp_path: Path) -> None:
    """A cell is interrupted at its limit, the message names the limit, and later cells run."""
    cells = ["before = 1\nwhile True:\n    pass", SEQUENCES]
    result = graded(write(tmp_path / "x.ipynb", cells), only=FUNCTION, cell=3)
    assert result.outcomes(FUNCTION) == {"passed"}
    assert result.errors() == {0: "TimeLimit"}
    assert result.report.cell_errors[0].evalue == "stopped at the cell limit of 3 s"


def test_definitions_below_a_hang_are_kept(tmp_path: Path) -> None:
    """Definitions after the line at which a cell hung count."""
    cell = "while True:\n    pass\n" + SEQUENCES
    result = graded(write(tmp_path / "x.ipynb", [cell]), only=FUNCTION, cell=3)
    assert result.outcomes(FUNCTION) == {"passed"}
    assert result.errors() == {0: "TimeLimit"}


def test_a_cell_that_ignores_interrupts_is_killed(tmp_path: Path) -> None:
    """A cell that ignores SIGINT loses its kernel and is replayed as its definitions only."""
    stubborn = """
import signal, time
def create_repeated_sequence(seq_len=25, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    first = torch.randint(1000, 10000, (1, seq_len))
    return torch.cat([first, first], dim=1)
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    time.sleep(1)
"""
    result = graded(write(tmp_path / "x.ipynb", ["import torch", stubborn]), only=FUNCTION, cell=3)
    assert result.outcomes(FUNCTION) == {"passed"}
    assert result.errors() == {1: "TimeLimit"}


def test_a_cell_that_kills_the_kernel_is_left_out(tmp_path: Path) -> None:
    """A cell that calls os._exit gives the score of the same notebook without it."""
    cells = [SEQUENCES, "import os\nos._exit(0)", "after = 1"]
    result = graded(write(tmp_path / "x.ipynb", cells), only=FUNCTION)
    assert result.outcomes(FUNCTION) == {"passed"}
    assert result.errors() == {1: "KernelDied"}


def test_the_notebook_limit_ends_everything(tmp_path: Path) -> None:
    """Once the notebook's time is used up, the rest is blocked and the report is partial."""
    cells = [SEQUENCES, "import time\ntime.sleep(60)", "late = 1"]
    result = graded(write(tmp_path / "x.ipynb", cells), only=FUNCTION, notebook=3)
    assert result.outcomes(FUNCTION) == {"blocked"}
    assert result.report.status == "partial"
    assert "the notebook's limit of 3 s was used up" in result.report.verdicts[0].feedback


def test_a_file_beside_the_notebook_is_not_imported(tmp_path: Path) -> None:
    """A torch.py beside the submission does not replace torch."""
    (tmp_path / "torch.py").write_text("raise RuntimeError('mine')")
    result = graded(write(tmp_path / "x.ipynb", [SEQUENCES]), only=FUNCTION)
    assert result.outcomes(FUNCTION) == {"passed"}


@pytest.mark.parametrize("metadata", [{"kernelspec": None}, {"kernelspec": {"name": "my-env"}}])
def test_kernelspecs_are_ignored(tmp_path: Path, metadata: dict[str, object]) -> None:
    """A notebook without a kernelspec, or with one that this machine lacks, runs."""
    path = write(tmp_path / "x.ipynb", [LOAD, SEQUENCES], **metadata)
    assert graded(path, only=FUNCTION).outcomes(FUNCTION) == {"passed"}


BRIDGE = """
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge
models = [
    TransformerBridge.boot_transformers("gpt2", device="cpu"),
    HookedTransformer.from_pretrained_no_processing("gpt2"),
    HookedTransformer.from_pretrained("pythia-70m"),
]
assert [m.cfg.n_layers for m in models] == [12, 12, 12]
models[0].W_Q.data.zero_()
assert models[1].W_Q.abs().sum() > 0
"""


def test_every_way_to_load_a_model_gives_the_grading_model(tmp_path: Path) -> None:
    """from_pretrained and boot_transformers return copies of the grading model."""
    result = graded(write(tmp_path / "x.ipynb", [BRIDGE, SEQUENCES]), only=FUNCTION)
    assert result.errors() == {}
    assert result.report.environment["model"] == "planted-12x12"


def test_start_up_files_do_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython's start-up files are not run in a grading kernel."""
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("poisoned = True")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    cells = ["assert 'poisoned' not in globals()", SEQUENCES]
    assert graded(write(tmp_path / "x.ipynb", cells), only=FUNCTION).errors() == {}
