"""Reads what students were given: names that they had to use, and code that is not their own."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.labs import read_notebook
from grader.rubric.model import Rubric
from grader.similarity.fingerprints import fingerprint, token_sequence
from grader.similarity.normalise import bound_names, normalise, read_code, top_level_nodes
from grader.submission.read import parse_submission, read_submission
from grader.submission.source import parse_or_none, strip_magics


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """Names and code that every student was given."""

    names: frozenset[str]
    kgrams: frozenset[int]
    """The k-grams of its code."""


def template_cells(lab: str, rubric: Rubric) -> tuple[str, ...] | None:
    """Return the code cells of a lab's template; None if it is not installed.

    Args:
        lab: Short name of the lab.
        rubric: The rubric, for its limits.
    """
    notebook = read_notebook(lab)
    if notebook is None:
        return None
    submission = parse_submission(notebook, Path(f"{lab}.ipynb"), rubric.limits)
    return tuple(cell.source for cell in submission.cells)


def notebook_cells(path: Path, rubric: Rubric) -> tuple[str, ...]:
    """Return the code cells of a notebook that was handed out.

    Raises:
        SubmissionError: The file is not a notebook.
    """
    return tuple(cell.source for cell in read_submission(path, rubric.limits).cells)


def read_handout(cells: Iterable[str], rubric: Rubric) -> Handout:
    """Analyse the code that was handed out.

    Args:
        cells: Code of the template, and of whatever else all students may use.
        rubric: The rubric, whose functions' names are prescribed too.
    """
    texts = [strip_magics(cell) for cell in cells]
    trees = [tree for text in texts if (tree := parse_or_none(text))]
    names = frozenset(name for tree in trees for name in _top_level_names(tree))
    names |= set(rubric.functions)
    sources = [function.normalised for function in read_code(texts, names).functions.values()]
    sources += [normalise(tree) for tree in trees]  # as when pasted into a function
    kgrams = (k for text in sources for k in fingerprint(token_sequence(text)).positions)
    return Handout(names=names, kgrams=frozenset(kgrams))


def _top_level_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a cell defines at its top level, imports included."""
    for node in top_level_nodes(tree):
        yield from bound_names(node)
        if isinstance(node, ast.alias):
            yield node.name.partition(".")[0]
