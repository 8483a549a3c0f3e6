"""Which functions have changed between two readings of a notebook."""

from grader.rubric import Rubric
from grader.slicing.slices import Reading


def changed_functions(before: Reading, after: Reading, rubric: Rubric) -> tuple[str, ...]:
    """The lab's functions to look at first: those that were edited, else those that use an edit.

    Args:
        before: The notebook as it was graded last.
        after: The notebook now.
        rubric: The rubric.

    Returns:
        Functions that can be graded by some of the cells alone, in the rubric's order.
    """
    names = dict.fromkeys(c.function for c in rubric.criteria if c.function)
    quick = [n for n in names if after.defines(n) and after.slice_for(rubric, n) is not None]
    edited = tuple(n for n in quick if before.defines(n) != after.defines(n))
    return edited or tuple(n for n in quick if not same(before, after, rubric, n))


def same(before: Reading, after: Reading, rubric: Rubric, name: str) -> bool:
    """Whether all that a function or criterion depends on is as it was.

    Args:
        before: The notebook then.
        after: The notebook now.
        rubric: The rubric.
        name: A criterion's id or a function's name.
    """
    was, now = before.slice_for(rubric, name), after.slice_for(rubric, name)
    if was is None or now is None:
        return before.digest == after.digest
    return was.digest == now.digest
