"""Gradescope's autograder: a zip with ``setup.sh`` and ``run_autograder`` at its root."""

from grader.integrations.packages.contents import PackageContents, install_files, rubric_files
from grader.integrations.packages.files import (
    File,
    Files,
    bash_script,
    grade_script,
    install_script,
)

_SOURCE_DIR, _INSTALL_DIR = "/autograder/source", "/autograder/grader"
_DOCKERFILE = """\
# For Gradescope's manual Docker configuration instead of a zip: build it in the unpacked zip.
FROM gradescope/autograder-base:ubuntu-22.04
COPY . /autograder/source
RUN bash /autograder/source/setup.sh \\
    && cp /autograder/source/run_autograder /autograder/run_autograder \\
    && chmod +x /autograder/run_autograder
"""


def to_gradescope(contents: PackageContents) -> Files:
    """Return the files of the zip to upload."""
    return {
        "setup.sh": bash_script(
            f"bash {_SOURCE_DIR}/install.sh {_INSTALL_DIR}",
            f"chmod -R go= {_SOURCE_DIR}",
        ),
        "run_autograder": grade_script(
            "gradescope",
            f"export XDG_CACHE_HOME={_INSTALL_DIR}/cache",
            install_dir=_INSTALL_DIR,
            rubric_dir=_SOURCE_DIR,
            time_limit=contents.time_limit,
        ),
        "install.sh": install_script(),
        "Dockerfile": File(_DOCKERFILE.encode()),
        **install_files(contents),
        **rubric_files(contents),
    }
