"""Coursera's custom grader: an image that grades whatever it is started for."""

import shlex

from grader.integrations.packages.contents import Parts, below, standard
from grader.integrations.packages.docker_image import image
from grader.integrations.packages.files import IMAGE_PLACE, Files, bash, container_command

_LAB = "/lab"


def to_coursera(parts: Parts) -> Files:
    """What the image is built from.

    Args:
        parts: What it is made of.
    """
    command = container_command(
        "coursera",
        place=IMAGE_PLACE,
        standard=_LAB,
        seconds=parts.seconds,
    )
    # What Coursera gives as arguments (part, user) the environment says too.
    start = {"grade": bash(f"exec {shlex.join(command)}")}
    return {
        **image(
            parts,
            f"COPY lab {_LAB}",
            f"RUN chmod -R a+rX,go-w {_LAB} && chmod a+x {_LAB}/grade",
            f'ENTRYPOINT ["{_LAB}/grade"]',
        ),
        **below("lab", {**standard(parts), **start}),
    }
