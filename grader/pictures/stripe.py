"""Where heads of a known kind attend on a sequence that comes twice."""

from typing import Literal

from grader.checks.heatmap import offset_of


def stripe(n_pos: int, kind: Literal["induction", "previous_token"]) -> tuple[tuple[int, int], ...]:
    """The targets, as (query, key).

    Args:
        n_pos: Length of the sequence, both halves.
        kind: An induction head attends, from the second half, to the token after the earlier copy
            (Olsson et al.'s prefix matching); a previous-token head to the position before.
    """
    offset = offset_of(kind, n_pos)
    first = n_pos // 2 if kind == "induction" else 1
    return tuple((query, query - offset) for query in range(first, n_pos))
