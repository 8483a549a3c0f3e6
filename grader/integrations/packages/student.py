"""What students get: the notebook to work in, and the grader without the answers."""

from grader.integrations.packages.contents import Parts
from grader.integrations.packages.files import File, Files

_HOW = """\
{title}

Python 3.11 or newer. In this folder, once (Windows: .venv\\Scripts in place of .venv/bin):

    python3 -m venv .venv
    .venv/bin/pip install -c constraints.txt {wheel}{index}

Work in {lab}.ipynb, in Jupyter or an editor, and check it as often as you like:

    .venv/bin/grade {lab}.ipynb

It runs your notebook on a small model in place of GPT-2, on this machine and without a network.
"""


def to_student(parts: Parts) -> Files:
    """The files of the zip that students get.

    Args:
        parts: What it is made of; hidden keys are left out.
    """
    index = "" if parts.index is None else f" --extra-index-url {parts.index}"
    how = _HOW.format(title=parts.title, lab=parts.lab, wheel=parts.wheel_name, index=index)
    return {
        f"{parts.lab}.ipynb": File(parts.template),
        "README.txt": File(how.encode()),
        "constraints.txt": File(parts.pins.encode()),
        parts.wheel_name: File(parts.wheel),
    }
