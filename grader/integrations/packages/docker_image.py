"""The build files of a Docker image with the grader, the same for every rubric."""

from grader.integrations.packages.contents import PackageContents, install_files, prefix_paths
from grader.integrations.packages.files import IMAGE_INSTALL_DIR, File, Files, install_script

_BUILD_DIR = "/tmp/grader"  # noqa: S108 (in an image that is being built)
_DOCKERFILE = f"""\
# docker build -t {{image}} .
FROM python:3.11-slim-bookworm
COPY grader {_BUILD_DIR}
RUN bash {_BUILD_DIR}/install.sh {IMAGE_INSTALL_DIR} && rm -rf {_BUILD_DIR} /var/lib/apt/lists/*
ENV XDG_CACHE_HOME={IMAGE_INSTALL_DIR}/cache
"""


def image_name(contents: PackageContents) -> str:
    """Return the image's default name."""
    return f"induction-lab-grader:{contents.grader_version}"


def image_files(contents: PackageContents, *dockerfile_lines: str) -> Files:
    """Return the files that the image is built from, with lines appended to the Dockerfile."""
    dockerfile = _DOCKERFILE.format(image=image_name(contents))
    appended = "".join(f"{line}\n" for line in dockerfile_lines)
    grader: Files = {"install.sh": install_script(), **install_files(contents)}
    return {
        "Dockerfile": File((dockerfile + appended).encode()),
        **prefix_paths("grader", grader),
    }
