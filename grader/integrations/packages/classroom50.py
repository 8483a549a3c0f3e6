"""Classroom 50's bundle of an assignment, without hidden keys, since students can read it."""

import json
from dataclasses import replace

from grader.integrations.packages.contents import PackageContents, install_files, rubric_files
from grader.integrations.packages.files import File, Files, asset

_RUNTIME = {"runs-on": "ubuntu-latest", "python": "3.11", "apt": ["bubblewrap", "libseccomp2"]}


def to_classroom50(contents: PackageContents) -> Files:
    """Return the files for the assignment's folder of autograders."""
    return {
        "autograder.py": File(asset("classroom50_autograder.py")),
        "runtime.json": File((json.dumps(_RUNTIME, indent=2) + "\n").encode()),
        "seconds": File(f"{contents.time_limit:g}\n".encode()),
        **install_files(contents),
        **rubric_files(replace(contents, hidden_keys=())),
    }
