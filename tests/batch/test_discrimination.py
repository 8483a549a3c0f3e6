"""Item discrimination, checked by hand and by its properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.statistics import discrimination

SCORES = st.lists(st.tuples(st.sampled_from((0.0, 0.25, 1.0)), st.integers(0, 90)), min_size=3)


@pytest.mark.parametrize(
    ("item", "rest", "found"),
    [
        ([0, 0, 1, 1], [10, 20, 30, 40], 0.8944),  # 2 / sqrt(5)
        ([1, 1, 0, 0], [10, 20, 30, 40], -0.8944),
        ([0, 1, 0, 1], [10, 10, 20, 20], 0.0),
        ([0, 0.5, 1], [0, 50, 100], 1.0),
        ([1, 1, 1], [10, 20, 30], None),
        ([0, 1, 1], [20, 20, 20], None),
        ([0, 1, 0], [0.1 + 0.2, 0.3, 0.3], None),  # the same but for rounding
        ([0, 1], [10, 20], None),
        ([], [], None),
    ],
)
def test_cases_by_hand(item: list[float], rest: list[float], found: float | None) -> None:
    """Discrimination is the correlation with the rest; None if it is undefined."""
    assert discrimination(item, rest) == found


@given(SCORES)
def test_it_is_a_correlation(pairs: list[tuple[float, int]]) -> None:
    """It lies in [-1, 1], changes sign with the criterion, and ignores unit and order."""
    item, rest = [share for share, _ in pairs], [float(score) for _, score in pairs]
    found = discrimination(item, rest)
    if found is None:
        assert len(set(item)) == 1 or len(set(rest)) == 1
        return
    assert -1 <= found <= 1
    others = [
        discrimination(item[::-1], rest[::-1]),
        discrimination(item, [2 * score + 5 for score in rest]),
        -(discrimination([1 - share for share in item], rest) or 0),
    ]
    assert others == pytest.approx([found] * 3, abs=2e-4)
