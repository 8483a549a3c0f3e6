"""Classroom 50's bundle of an assignment: students can read it, so no hidden key is in it."""

import json
from dataclasses import replace
from importlib import resources

from grader.integrations.packages.contents import Parts, installation, standard
from grader.integrations.packages.files import File, Files

_RUNTIME = {"runs-on": "ubuntu-latest", "python": "3.11", "apt": ["bubblewrap", "libseccomp2"]}


def to_classroom50(parts: Parts) -> Files:
    """What goes into the assignment's folder of autograders.

    Args:
        parts: What it is made of.
    """
    script = resources.files(__package__).joinpath("classroom50_autograder.py")
    return {
        "autograder.py": File(script.read_bytes()),
        "runtime.json": File((json.dumps(_RUNTIME, indent=2) + "\n").encode()),
        "seconds": File(f"{parts.seconds:g}\n".encode()),
        **installation(parts),
        **standard(replace(parts, hidden_keys=())),
    }
