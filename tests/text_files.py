"""Notebook files, as students hand them in and worse."""

import json
from pathlib import Path
from typing import Any


def notebook(*sources: Any, **metadata: Any) -> dict[str, Any]:
    """A notebook of the current format with these code cells, as JSON holds it."""
    metadata = metadata or {"kernelspec": {"name": "python3", "language": "python"}}
    cells = [
        {"cell_type": "code", "source": s, "outputs": [], "metadata": {}, "execution_count": None}
        for s in sources
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


def written(folder: Path, content: object, name: str = "nb.ipynb") -> Path:
    """A file with this content: bytes and text as they are, anything else as JSON."""
    path = folder / name
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path
