"""What students were given: names they had to keep, and code that is nobody's own."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.labs import template
from grader.rubric.model import Rubric
from grader.similarity.fingerprints import fingerprint, tokens
from grader.similarity.normalise import code_of, given, normalised, outside_functions
from grader.submission.read import parse_submission, read_submission
from grader.submission.source import readable, tree_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What everyone began with."""

    names: frozenset[str]
    runs: frozenset[int]
    """The runs of tokens in its code."""


def template_of(lab: str, rubric: Rubric) -> tuple[str, ...] | None:
    """The code cells of a lab's template; None where it is not here.

    Args:
        lab: Its stem.
        rubric: For limits.
    """
    notebook = template(lab)
    if notebook is None:
        return None
    submission = parse_submission(notebook, Path(f"{lab}.ipynb"), rubric.limits)
    return tuple(cell.source for cell in submission.cells)


def cells_of(path: Path, rubric: Rubric) -> tuple[str, ...]:
    """The code cells of a notebook that was handed out.

    Raises:
        SubmissionError: It is none.
    """
    return tuple(cell.source for cell in read_submission(path, rubric.limits).cells)


def handout(cells: Iterable[str], rubric: Rubric) -> Handout:
    """Read what was handed out.

    Args:
        cells: Code of the template, and of whatever else everyone may use.
        rubric: Its functions and variables have names that are laid down.
    """
    texts = [readable(cell) for cell in cells]
    trees = [tree for text in texts if (tree := tree_of(text))]
    names = frozenset(name for tree in trees for name in _names(tree)) | set(rubric.functions)
    given_out = [function.normal for function in code_of(texts, names).functions.values()]
    given_out += [normalised(tree) for tree in trees]  # as it is when pasted into a function
    runs = frozenset(run for text in given_out for run in fingerprint(tokens(text)).places)
    return Handout(names=names, runs=runs)


def _names(tree: ast.Module) -> Iterator[str]:
    """What it calls things at its top level, imports included."""
    for node in outside_functions(tree):
        yield from given(node)
        if isinstance(node, ast.alias):
            yield node.name.partition(".")[0]
