"""Grades the repository it is started in: Classroom 50 runs this file and reads `result.json`.

Nothing but Python's own library is at hand here; the grader is installed beside it first, unless
the job's image has it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

BUNDLE = Path(os.environ.get("CLASSROOM50_BUNDLE_DIR") or Path(__file__).parent).resolve()
PLACE = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir()) / "induction-lab-grader"


def main() -> int:
    """Grade.

    Returns:
        The exit code: anything but 0 is a failure of the grader's side.
    """
    grade = shutil.which("grade") or installed()
    keys = ["--keys", str(BUNDLE / "keys")]
    rubric = ["--rubric", str(BUNDLE / "rubric.yaml")]
    command = [grade, "container", "classroom50", "--root", ".", *rubric, *keys]
    limit = ["--limit", (BUNDLE / "seconds").read_text(encoding="ascii").strip()]
    done = subprocess.run([*command, *limit], check=False)  # noqa: S603 (our own command)
    return done.returncode


def installed() -> str:
    """Where the grader is, once it is installed."""
    if not (PLACE / "bin" / "grade").exists():
        venv.create(PLACE, with_pip=True)
        pip = [str(PLACE / "bin" / "pip"), "install", "-q", "-c", str(BUNDLE / "constraints.txt")]
        config = BUNDLE / "pip.conf"
        more = {"PIP_CONFIG_FILE": str(config)} if config.exists() else {}
        wheels = sorted(map(str, BUNDLE.glob("*.whl")))
        settings = {**os.environ, **more}
        subprocess.run([*pip, *wheels], check=True, env=settings)  # noqa: S603 (our own command)
    return str(PLACE / "bin" / "grade")


if __name__ == "__main__":
    sys.exit(main())
