"""Prepares a folder in which the commands of the docs run, with every file they name."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.docs import small_lab
from tests.docs.pages import ROOT, Block, steps
from tests.notebooks import function_cells, write

# An induction score that looks at the earlier copy, as one in the small lab's known mistakes does.
WRONG = """
import numpy as np

def compute_induction_scores(model, seq_len=25, n_samples=10):
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            stripe = cache["pattern", layer][0].diagonal(-seq_len, dim1=-2, dim2=-1)
            scores[layer] += stripe.mean(-1).numpy()
    return scores / n_samples
"""
EXAMPLE = "student_template/example_submission.ipynb"
_BASH = shutil.which("bash") or "bash"
ROSTERS = {
    "gradebook.csv": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Induction Head Analysis (77)\n"
        "    Points Possible,,,,,17.00\n"
        '"One, Ann",1001,S1,ann,A,\n"Two, Bob",1002,S2,bob,A,\n'
    ),
    "worksheet.csv": (
        'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade",'
        '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
        '"Feedback comments"\n'
        '"Participant 1001",ann,ann@uni.example,Submitted,,20.00,Yes,-,-,\n'
        '"Participant 1002",bob,bob@uni.example,Submitted,,20.00,Yes,-,-,\n'
    ),
    "roster.csv": "Student ID,Full name\nann,Ann One\nbob,Bob Two\n",
}


KEY_LINE = "grade key build -o my.key"
"""The small lab's key is made as the docs say: then it ships with it."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder and the environment in which commands are run there."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, line: str) -> "subprocess.CompletedProcess[str]":
        """Run a line as a reader does."""
        return subprocess.run(
            [_BASH, "-c", line],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )


def environment(site: Path) -> dict[str, str]:
    """This one's environment, with a folder in which Python looks first."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return {**ours, "PATH": programs, "PYTHONPATH": str(site), "COLUMNS": "120"}


def prepare(folder: Path, site: Path, *pages: str) -> Workplace:
    """Write the files that the commands of some pages name, for the small lab."""
    small_lab.install(site)
    place = Workplace(folder, environment(site))
    right = function_cells()
    wrong = [*right, WRONG]
    for name in ("notebook", "submissions/ann"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write(folder / f"{name}.ipynb", wrong)
    write(folder / "submissions" / "bob.ipynb", right)
    (folder / EXAMPLE).parent.mkdir()
    shutil.copy(ROOT / EXAMPLE, folder / EXAMPLE)
    with zipfile.ZipFile(folder / "canvas_download.zip", "w") as archive:
        archive.write(folder / "notebook.ipynb", "oneann_1001_5001_lab.ipynb")
    for name, roster in ROSTERS.items():
        (folder / name).write_text(roster, encoding="utf-8")
    changed = small_lab.rubric(k_composition_values=8, sequence_repeats=4)
    (folder / "new.yaml").write_text(changed, encoding="utf-8")
    write_files(folder, *pages)
    made = place.run(KEY_LINE)
    assert made.returncode == 0, made.stderr
    (folder / "my.key").rename(site / small_lab.KEY)
    return place


def write_files(folder: Path, *pages: str) -> None:
    """The files that pages tell their readers to write."""
    for block in (step for page in pages for step in steps(page) if isinstance(step, Block)):
        (folder / block.what).parent.mkdir(parents=True, exist_ok=True)
        (folder / block.what).write_text(block.text, encoding="utf-8")
