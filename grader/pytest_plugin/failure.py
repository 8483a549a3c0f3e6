"""A lost criterion as pytest shows failures: text without a traceback."""

from pathlib import Path

from _pytest._code.code import ReprExceptionInfo, ReprFileLocation, ReprTracebackNative


def failure(path: Path, lineno: int, *, brief: str, told: str) -> ReprExceptionInfo:
    """What is shown of it, here and where another process shows it.

    Args:
        path: The notebook.
        lineno: A line of its file.
        brief: One line, for the summary at the end.
        told: The whole text.
    """
    return ReprExceptionInfo(
        reprtraceback=ReprTracebackNative([f"{told}\n"]),
        reprcrash=ReprFileLocation(str(path), lineno, brief),
    )
