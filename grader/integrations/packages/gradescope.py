"""Gradescope's autograder: a zip with ``setup.sh`` and ``run_autograder`` at its root."""

import shlex

from grader.integrations.packages.contents import Parts, installation, standard
from grader.integrations.packages.files import File, Files, bash, container_command, install_script

_SOURCE, _PLACE = "/autograder/source", "/autograder/grader"
_DOCKERFILE = """\
# For a manual Docker configuration, where the zip is not uploaded; built in the unpacked zip.
FROM gradescope/autograder-base:ubuntu-22.04
COPY . /autograder/source
RUN bash /autograder/source/setup.sh \\
    && cp /autograder/source/run_autograder /autograder/run_autograder \\
    && chmod +x /autograder/run_autograder
"""


def to_gradescope(parts: Parts) -> Files:
    """The files of the zip that is uploaded.

    Args:
        parts: What it is made of.
    """
    command = container_command(
        "gradescope",
        place=_PLACE,
        standard=_SOURCE,
        seconds=parts.seconds,
    )
    return {
        "setup.sh": bash(
            f"bash {_SOURCE}/install.sh {_PLACE}",
            f"chmod -R go= {_SOURCE}",
        ),
        "run_autograder": bash(
            f"export XDG_CACHE_HOME={_PLACE}/cache",
            f"exec {shlex.join(command)}",
        ),
        "install.sh": install_script(),
        "Dockerfile": File(_DOCKERFILE.encode()),
        **installation(parts),
        **standard(parts),
    }
