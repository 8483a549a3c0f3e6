"""An image with the grader in it, the same for every rubric."""

from grader.integrations.packages.contents import Parts, below, installation
from grader.integrations.packages.files import IMAGE_PLACE, File, Files, install_script

_BUILT_BY = "/tmp/grader"  # noqa: S108 (in an image that is being built)
_DOCKERFILE = f"""\
# docker build -t {{image}} .
FROM python:3.11-slim-bookworm
COPY grader {_BUILT_BY}
RUN bash {_BUILT_BY}/install.sh {IMAGE_PLACE} && rm -rf {_BUILT_BY} /var/lib/apt/lists/*
ENV XDG_CACHE_HOME={IMAGE_PLACE}/cache
"""


def image_name(parts: Parts) -> str:
    """What the image is called unless it is renamed."""
    return f"induction-lab-grader:{parts.version}"


def image(parts: Parts, *more: str) -> Files:
    """What an image is built from.

    Args:
        parts: What it is made of.
        more: Further lines of the Dockerfile.
    """
    lines = "".join(f"{line}\n" for line in more)
    grader: Files = {"install.sh": install_script(), **installation(parts)}
    return {
        "Dockerfile": File((_DOCKERFILE.format(image=image_name(parts)) + lines).encode()),
        **below("grader", grader),
    }
