"""PrairieLearn's question: a folder to copy into a course, and what its image is built from."""

import json
from uuid import NAMESPACE_URL, uuid5

from grader.integrations.packages.contents import Parts, below, standard
from grader.integrations.packages.docker_image import image, image_name
from grader.integrations.packages.files import IMAGE_PLACE, File, Files, container_command

_MOST = 600
"""Seconds that PrairieLearn allows at most."""
_QUESTION = """\
<pl-question-panel>
  <p>{title}: hand in your notebook, whole and with its functions' names as they are.</p>
  <pl-file-upload file-names="{lab}.ipynb"></pl-file-upload>
</pl-question-panel>
<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
  <pl-file-preview></pl-file-preview>
</pl-submission-panel>
"""


def to_prairielearn(parts: Parts) -> Files:
    """The question's folder, and the folder of its image.

    Args:
        parts: What they are made of.
    """
    question: Files = {
        "info.json": File((json.dumps(_info(parts), indent=2) + "\n").encode()),
        "question.html": File(_QUESTION.format(title=parts.title, lab=parts.lab).encode()),
        **below("tests", standard(parts)),
    }
    return {**below(f"questions/{parts.lab}", question), **below("image", image(parts))}


def _info(parts: Parts) -> dict[str, object]:
    seconds = min(parts.seconds, _MOST)
    command = container_command(
        "prairielearn",
        place=IMAGE_PLACE,
        standard="/grade/tests",
        seconds=seconds,
    )
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"induction-lab-grader/{parts.lab}")),
        "title": parts.title,
        "topic": "Interpretability",
        "tags": ["notebook", "external-grading"],
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "image": image_name(parts),
            "entrypoint": command,
            "timeout": int(seconds),
            "enableNetworking": False,
        },
    }
