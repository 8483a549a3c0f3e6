"""What may be typed after ``%grade``."""

import shlex
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import NoReturn

from IPython.core.error import UsageError

_MOST_HINTS = 3
USAGE = f"%grade [CRITERION|FUNCTION] [--hint 0..{_MOST_HINTS}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to check, and how much help to give."""

    name: str | None = None
    hints: int = 0


class _Parser(ArgumentParser):
    """Says in one line what is wrong; ends nothing."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{USAGE}: {message}")


def parse(line: str) -> Arguments:
    """Read a line.

    Args:
        line: All after ``%grade``.

    Raises:
        UsageError: It is not understood; says how it is written.
    """
    parser = _Parser(prog="%grade", add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--hint", "--hints", type=int, choices=range(_MOST_HINTS + 1), default=0)
    try:
        found = parser.parse_args(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"{USAGE}: {error}") from None
    return Arguments(name=found.name, hints=found.hint)
