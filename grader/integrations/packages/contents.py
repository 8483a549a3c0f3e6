"""What the packages are made of."""

from dataclasses import dataclass

from grader.integrations.packages.files import File, Files

PUBLIC_KEY = "public.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The grader, a rubric and its keys, as they go into a package."""

    lab: str
    title: str
    version: str
    """The grader's."""
    wheel_name: str
    wheel: bytes
    pins: str
    """What else pip installs, in the versions that are installed here."""
    index: str | None
    """Where else pip looks for them."""
    rubric: bytes
    public_key: bytes
    hidden_keys: tuple[bytes, ...]
    template: bytes
    example: bytes
    seconds: float
    """The platform's time limit."""


def installation(parts: Parts) -> Files:
    """All that it takes to install the grader, without rubric and keys of its own."""
    files = {
        parts.wheel_name: File(parts.wheel),
        "constraints.txt": File(parts.pins.encode()),
        "example.ipynb": File(parts.example),
    }
    if parts.index is not None:
        files["pip.conf"] = File(f"[install]\nextra-index-url = {parts.index}\n".encode())
    return files


def standard(parts: Parts) -> Files:
    """What is graded by: a rubric and its keys, which may change without a new image."""
    hidden = {f"keys/{i}.key": File(key) for i, key in enumerate(parts.hidden_keys, 1)}
    return {
        "rubric.yaml": File(parts.rubric),
        f"keys/{PUBLIC_KEY}": File(parts.public_key),
        **hidden,
    }


def below(folder: str, files: Files) -> Files:
    """The same files in a folder."""
    return {f"{folder}/{name}": file for name, file in files.items()}
