"""The students' package: the notebook to work in, and the grader without the answers."""

from grader.integrations.packages.contents import PackageContents
from grader.integrations.packages.files import File, Files

_README = """\
{title}

You need Python 3.11 or newer. Set up once, in this folder (on Windows, write .venv\\Scripts instead
of .venv/bin):

    python3 -m venv .venv
    .venv/bin/pip install -c constraints.txt {wheel}{index}

Work in {lab}.ipynb, in Jupyter or an editor, and check it as often as you like:

    .venv/bin/grade {lab}.ipynb

This runs your notebook on a small model instead of GPT-2, on your machine and without a network.
"""


def to_student(contents: PackageContents) -> Files:
    """Return the files of the students' zip, which has no hidden keys."""
    index = "" if contents.index_url is None else f" --extra-index-url {contents.index_url}"
    readme = _README.format(
        title=contents.title, lab=contents.lab, wheel=contents.wheel_filename, index=index
    )
    return {
        f"{contents.lab}.ipynb": File(contents.template),
        "README.txt": File(readme.encode()),
        "constraints.txt": File(contents.constraints.encode()),
        contents.wheel_filename: File(contents.wheel),
    }
