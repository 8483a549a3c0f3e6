"""Vocareum's grade file: a line for each of the assignment's criteria."""

from grader.platforms.result import Result, Setting, Ungraded, by_function


def to_vocareum(result: Result, _setting: Setting) -> str:
    """Lines for the file that ``$vocareumGradeFile`` names.

    Args:
        result: What to tell. The assignment's criteria are named as the lab's functions are.
    """
    if isinstance(result, Ungraded):
        return ""
    lines = [
        f"{function.replace(',', ' ')},{round(sum(v.points for v in verdicts), 4):g}\n"
        for function, verdicts in by_function(result)
    ]
    return "".join(lines)
