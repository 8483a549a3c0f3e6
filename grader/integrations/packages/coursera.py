"""Coursera's custom grader: an image that grades the submission it is started with."""

from grader.integrations.packages.contents import PackageContents, prefix_paths, rubric_files
from grader.integrations.packages.docker_image import image_files
from grader.integrations.packages.files import IMAGE_INSTALL_DIR, Files, grade_script

_RUBRIC_DIR = "/lab"


def to_coursera(contents: PackageContents) -> Files:
    """Return the files that the image is built from."""
    # The entry point ignores Coursera's arguments (part, user): the environment has them too.
    entry_point = grade_script(
        "coursera",
        install_dir=IMAGE_INSTALL_DIR,
        rubric_dir=_RUBRIC_DIR,
        time_limit=contents.time_limit,
    )
    return {
        **image_files(
            contents,
            f"COPY lab {_RUBRIC_DIR}",
            f"RUN chmod -R a+rX,go-w {_RUBRIC_DIR} && chmod a+x {_RUBRIC_DIR}/grade",
            f'ENTRYPOINT ["{_RUBRIC_DIR}/grade"]',
        ),
        **prefix_paths("lab", {**rubric_files(contents), "grade": entry_point}),
    }
