"""Grades the repository it is started in. Classroom 50 runs this file and reads `result.json`.

It uses the standard library only. Unless the job's image has the grader, it installs the wheel that
lies beside it first.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

BUNDLE = Path(os.environ.get("CLASSROOM50_BUNDLE_DIR") or Path(__file__).parent).resolve()
INSTALL_DIR = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir()) / "induction-lab-grader"


def main() -> int:
    """Grade the repository.

    Returns:
        The exit code; any other than 0 means that the grader itself failed.
    """
    grade = shutil.which("grade") or ensure_installed()
    keys = ["--keys", str(BUNDLE / "keys")]
    rubric = ["--rubric", str(BUNDLE / "rubric.yaml")]
    command = [grade, "container", "classroom50", "--root", ".", *rubric, *keys]
    limit = ["--limit", (BUNDLE / "seconds").read_text(encoding="ascii").strip()]
    done = subprocess.run([*command, *limit], check=False)  # noqa: S603 (our own command)
    return done.returncode


def ensure_installed() -> str:
    """Install the grader into a virtual environment unless it is there; return its command."""
    if not (INSTALL_DIR / "bin" / "grade").exists():
        venv.create(INSTALL_DIR, with_pip=True)
        constraints = str(BUNDLE / "constraints.txt")
        pip = [str(INSTALL_DIR / "bin" / "pip"), "install", "-q", "-c", constraints]
        config = BUNDLE / "pip.conf"
        pip_config = {"PIP_CONFIG_FILE": str(config)} if config.exists() else {}
        wheels = sorted(map(str, BUNDLE.glob("*.whl")))
        environment = {**os.environ, **pip_config}
        subprocess.run([*pip, *wheels], check=True, env=environment)  # noqa: S603 (our own command)
    return str(INSTALL_DIR / "bin" / "grade")


if __name__ == "__main__":
    sys.exit(main())
