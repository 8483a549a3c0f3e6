"""Edits a right notebook cell by cell, and registers the result as a case with its fair score."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.field.student_notebook import CELLS
from tests.notebooks import notebook

FULL = 92.0
"""Points of the notebook without any change: its exercises are blank."""


class Notebook:
    """A right notebook whose cells are edited by name."""

    def __init__(self) -> None:
        """Copy the right notebook."""
        self.cells = dict(CELLS)
        self.kinds: dict[str, str] = {}
        self.metadata: dict[str, Any] = {}

    def replace(self, cell: str, old: str, new: str) -> Self:
        """Replace text in a cell; the text must be there."""
        assert old in self.cells[cell], (cell, old)
        self.cells[cell] = self.cells[cell].replace(old, new)
        return self

    def replace_everywhere(self, old: str, new: str) -> Self:
        """Replace text in all cells; the text must be in one."""
        assert any(old in source for source in self.cells.values()), old
        self.cells = {name: source.replace(old, new) for name, source in self.cells.items()}
        return self

    def write(self, cell: str, source: str) -> Self:
        """Replace a whole cell."""
        assert cell in self.cells, cell
        self.cells[cell] = source
        return self

    def prepend(self, cell: str, text: str) -> Self:
        """Put text in front of a cell's code."""
        self.cells[cell] = text + self.cells[cell]
        return self

    def append(self, cell: str, text: str) -> Self:
        """Put text after a cell's code."""
        self.cells[cell] += text
        return self

    def first(self, source: str, name: str = "first") -> Self:
        """Add a cell at the start."""
        self.cells = {name: source, **self.cells}
        return self

    def last(self, source: str, name: str = "last") -> Self:
        """Add a cell at the end."""
        self.cells[name] = source
        return self

    def make(self, cell: str, kind: str) -> Self:
        """Turn a cell to Markdown (``markdown``) or raw text (``raw``)."""
        self.kinds[cell] = kind
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the notebook as Jupyter writes it."""
        made = notebook(list(self.cells.values()), **self.metadata)
        for name, cell in zip(self.cells, made["cells"], strict=True):
            if kind := self.kinds.get(name):
                cell["cell_type"] = kind
                del cell["execution_count"], cell["outputs"]
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A notebook as somebody hands it in, and the score that is fair."""

    name: str
    build: Callable[[], Notebook | bytes]
    fair: float
    """Points that a fair instructor gives at least."""
    most: float
    """Points that a fair instructor gives at most."""
    why: str
    says: tuple[str, ...]
    """Texts that the report must contain."""
    never_says: tuple[str, ...]
    """Texts that the report must not contain."""
    beside: dict[str, bytes] = field(default_factory=dict)
    """Files that are handed in beside the notebook, by relative path."""
    file_name: str = ""
    """Name of the notebook's file, if it is not the case's name with ``.ipynb``."""

    def save(self, folder: Path) -> Path:
        """Write the notebook and its files into a folder of this case's name."""
        own = folder / self.name
        own.mkdir(parents=True)
        for name, data in self.beside.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_bytes(data)
        made = self.build()
        data = made if isinstance(made, bytes) else json.dumps(made.to_json()).encode()
        path = own / (self.file_name or f"{self.name}.ipynb")
        path.write_bytes(data)
        return path


class Cases:
    """The cases of one kind, in a table: `@cases.add(fair=92, why="...")` registers a function."""

    def __init__(self) -> None:
        """Start with an empty table."""
        self.all: dict[str, Case] = {}

    def add(  # noqa: PLR0913 (one parameter per field of a case)
        self,
        *,
        why: str,
        fair: float = FULL,
        most: float = FULL,
        says: tuple[str, ...] = (),
        never_says: tuple[str, ...] = (),
        beside: dict[str, bytes] | None = None,
        file_name: str = "",
    ) -> Callable[[Callable[[], Notebook | bytes]], Callable[[], Notebook | bytes]]:
        """Register a function that builds a notebook as a case of the function's name."""

        def register(build: Callable[[], Notebook | bytes]) -> Callable[[], Notebook | bytes]:
            name = build.__name__
            assert name not in self.all, name
            self.all[name] = Case(
                name=name,
                build=build,
                fair=fair,
                most=most,
                why=why,
                says=says,
                never_says=never_says,
                beside=beside or {},
                file_name=file_name,
            )
            return build

        return register
