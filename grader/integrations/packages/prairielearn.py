"""PrairieLearn's question: a folder to copy into a course, and the build files of its image."""

import json
from uuid import NAMESPACE_URL, uuid5

from grader.integrations.packages.contents import PackageContents, prefix_paths, rubric_files
from grader.integrations.packages.docker_image import image_files, image_name
from grader.integrations.packages.files import IMAGE_INSTALL_DIR, File, Files, grade_command

_MAX_SECONDS = 600
"""Longest time limit that PrairieLearn allows."""
_QUESTION = """\
<pl-question-panel>
  <p>{title}: submit your whole notebook, and keep the names of its functions.</p>
  <pl-file-upload file-names="{lab}.ipynb"></pl-file-upload>
</pl-question-panel>
<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
  <pl-file-preview></pl-file-preview>
</pl-submission-panel>
"""


def to_prairielearn(contents: PackageContents) -> Files:
    """Return the question's folder and its image's folder."""
    question: Files = {
        "info.json": File((json.dumps(_info(contents), indent=2) + "\n").encode()),
        "question.html": File(_QUESTION.format(title=contents.title, lab=contents.lab).encode()),
        **prefix_paths("tests", rubric_files(contents)),
    }
    return {
        **prefix_paths(f"questions/{contents.lab}", question),
        **prefix_paths("image", image_files(contents)),
    }


def _info(contents: PackageContents) -> dict[str, object]:
    time_limit = min(contents.time_limit, _MAX_SECONDS)
    command = grade_command(
        "prairielearn",
        install_dir=IMAGE_INSTALL_DIR,
        rubric_dir="/grade/tests",
        time_limit=time_limit,
    )
    return {
        # PrairieLearn recognises a question by its UUID, so packing again must give the same one.
        "uuid": str(uuid5(NAMESPACE_URL, f"induction-lab-grader/{contents.lab}")),
        "title": contents.title,
        "topic": "Interpretability",
        "tags": ["notebook", "external-grading"],
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "image": image_name(contents),
            "entrypoint": command,
            "timeout": int(time_limit),
            "enableNetworking": False,
        },
    }
