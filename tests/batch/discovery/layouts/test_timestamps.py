"""Platforms' timestamps are parsed into UTC, or refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.discovery.layouts.timestamps import parse_timestamp


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01 10:00:00",
        "2026-07-01 10:00:00.000000 UTC\n",
        "2026-07-01 10:00:00.000000999 Z",
        "2026-07-01T10:00:00Z",
        "2026-07-01 12:00:00 +02:00",
        "2026-07-01 05:30:00 -0430",
        "2026-07-01 12:00:00.0 Europe/Paris",
    ],
)
def test_moments_are_in_utc(text: str) -> None:
    """The formats of nbgrader and Gradescope are parsed to the microsecond."""
    assert parse_timestamp(text) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert str(parse_timestamp("2026-07-01 10:00:00.5")) == "2026-07-01 10:00:00.500000+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30 10:00:00",
        "2026-07-01",
        "2026-07-01 10:00:00 CEST",
        "2026-07-01 10:00:00 EST",
        "2026-07-01 10:00:00 Nowhere/Land",
        "2026-07-01 10:00:00 a/../../etc/passwd",
        "2026-07-01 10:00:00 +99:00",
        "0001-01-01 00:00:00 +10:00",
        "٢٠٢٦-07-01 10:00:00",
    ],
)
def test_what_names_no_moment_is_none(text: str) -> None:
    """Ambiguous or invalid times give None, because a guess would cost points."""
    assert parse_timestamp(text) is None


@given(st.text())
def test_any_text_is_one_or_none(text: str) -> None:
    """No text raises an error."""
    assert parse_timestamp(text) is None or parse_timestamp(text) is not None
