"""The contents of a package, and the groups of files that several packages share."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.integrations.packages.files import File, Files

PUBLIC_KEY = "public.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageContents:
    """The grader, a rubric and its keys, to be arranged for a platform."""

    lab: str
    title: str
    grader_version: str
    wheel_filename: str
    wheel: bytes
    constraints: str
    """Constraints file for pip: the dependencies' installed versions."""
    index_url: str | None
    """URL of a further package index for pip."""
    rubric: Mapping[str, bytes]
    """Files of the rubric, by name: `rubric.yaml`, and `probes.yaml` if it is a folder."""
    public_key: bytes
    hidden_keys: tuple[bytes, ...]
    template: bytes
    example: bytes
    time_limit: float
    """Time limit of the platform, in seconds."""


def install_files(contents: PackageContents) -> Files:
    """Return the files that install the grader, without the rubric and its keys."""
    files = {
        contents.wheel_filename: File(contents.wheel),
        "constraints.txt": File(contents.constraints.encode()),
        "example.ipynb": File(contents.example),
    }
    if contents.index_url is not None:
        pip_config = f"[install]\nextra-index-url = {contents.index_url}\n"
        files["pip.conf"] = File(pip_config.encode())
    return files


def rubric_files(contents: PackageContents) -> Files:
    """Return the rubric and its keys, which can change without a new image."""
    hidden = {f"keys/{i}.key": File(key) for i, key in enumerate(contents.hidden_keys, 1)}
    return {
        **{name: File(part) for name, part in contents.rubric.items()},
        f"keys/{PUBLIC_KEY}": File(contents.public_key),
        **hidden,
    }


def prefix_paths(folder: str, files: Files) -> Files:
    """Move files into a folder."""
    return {f"{folder}/{path}": file for path, file in files.items()}
