"""The late policy: days late, their penalty, and the file with its mistakes."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.policy.late_policy import (
    Lateness,
    LatePolicy,
    lateness,
    parse_late_policy,
    read_late_policy,
)
from grader.errors import RubricError
from tests.text_files import written

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
POLICY = """\
due: 2026-03-01 23:59:00+01:00
grace_minutes: 15
percent_of_maximum_per_day: 10
floor_percent_of_earned: 40
zero_after_days: 7
extensions:
  007: 3
  jdoe: 2026-03-05T23:59:00+01:00
"""
moments = st.datetimes(
    datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.sampled_from([UTC, BERLIN])
)


def policy(**changes: Any) -> LatePolicy:
    """Build a policy of ten percent a day, without grace or floor unless changed."""
    return LatePolicy(**{"due": DUE, "percent_of_maximum_per_day": 10, **changes})


def late(by: timedelta, *, student: str = "ann", **changes: Any) -> Lateness:
    """Return the lateness of a submission so long after the due date."""
    return lateness(DUE + by, policy(**changes), student=student)


def complaints(text: str) -> list[str]:
    """Return the error message about a policy's text, line by line."""
    with pytest.raises(RubricError) as caught:
        parse_late_policy(text)
    return str(caught.value).splitlines()


def test_a_policy_is_read_whole() -> None:
    """All fields are read; extensions are days or dates, and ids keep their zeros."""
    assert parse_late_policy(POLICY) == policy(
        grace_minutes=15, floor_percent_of_earned=40, zero_after_days=7,
        extensions={"007": 3, "jdoe": DUE + timedelta(days=4)},
    )  # fmt: skip
    same = POLICY.replace("2026-03-05", "2026-03-01")
    assert parse_late_policy(same).deadline("jdoe") == DUE


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("+01:00", "", "late.yaml:1: due: no time zone: add the offset, as 2026-03-01T23:59:00+01"),
        ("05T23:59:00+01:00", "05", "late.yaml:8: extensions.jdoe: no time zone"),
        ("due: 2026-03-01 23:59:00+01:00", "due: 20260301", "late.yaml:1: due: no time zone"),
        ("due: 2026-03-01", "due: 2026-02-31", "late.yaml:1: due: give a date, a time and"),
        ("due: 2026-", "due: 0026-", "late.yaml:1: due: the year must be"),
        ("due: 2026-03-01 23:59:00+01:00", "due: [1]", "late.yaml:1: due: give a date"),
        ("due: 2026-03-01 23:59:00+01:00\n", "", "late.yaml:1: due: Field required"),
        ("grace_minutes: 15", "grace_minutes: -1", "late.yaml:2: grace_minutes: Input should be"),
        ("grace_minutes: 15", "grace: 15", "late.yaml:2: grace: Extra inputs"),
        ("day: 10", "day: 101", "late.yaml:3: percent_of_maximum_per_day: Input should be less"),
        ("day: 10", "day: -1", "late.yaml:3: percent_of_maximum_per_day: Input should be greater"),
        ("earned: 40", "earned: .nan", "late.yaml:4: floor_percent_of_earned: Input should be"),
        ("days: 7", "days: 1.5", "late.yaml:5: zero_after_days: Input should be a valid integer"),
        ("007: 3", "007: -3", "late.yaml:7: extensions.007: extra days must be from 0 to 3650"),
        ("007: 3", "007: inf", "late.yaml:7: extensions.007: extra days must be from 0 to 3650"),
        ("007: 3", "007: soon", "late.yaml:7: extensions.007: give a date, a time and an offset"),
        ("007: 3", "007: ~", "late.yaml:7: extensions.007: give a date, a time and an offset"),
        ("2026-03-05", "2026-02-05", "late.yaml:8: extensions.jdoe: this is before the due date"),
        ("  jdoe:", "  007:", "late.yaml:8: extensions.007: this key stands twice"),
        ("grace_minutes: 15", "time_zone: Berlin", "late.yaml:2: time_zone: no such time zone"),
        ("grace_minutes: 15", "time_zone: ../x", "late.yaml:2: time_zone: no such time zone"),
        ("grace_minutes: 15", "time_zone: Europe", "late.yaml:2: time_zone: no such time zone"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line(old: str, new: str, said: str) -> None:
    """Every kind of mistake is reported with its line."""
    assert old in POLICY
    assert [line for line in complaints(POLICY.replace(old, new, 1)) if line.startswith(said)]


def test_every_mistake_is_reported_at_once() -> None:
    """All mistakes are reported at once, in the order of the file."""
    text = POLICY.replace("+01:00", "").replace("day: 10", "day: ten")
    assert [line.split(":")[1] for line in complaints(text)] == ["1", "3", "8"]


@pytest.mark.parametrize("text", ["", "- due", "due"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    """A file that is no mapping is refused in one line."""
    (said,) = complaints(text)
    assert said.startswith("late.yaml:1: a late policy is a mapping; this is ")


def test_a_policy_is_read_from_its_path(tmp_path: Path) -> None:
    """A policy is read from its path; a file that is too large is refused unread."""
    path = written(tmp_path, POLICY, "late.yaml")
    assert read_late_policy(path) == parse_late_policy(POLICY)
    path.write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(RubricError, match="larger than 1 MB: that is no late policy"):
        read_late_policy(path)


@pytest.mark.parametrize(
    ("by", "days"),
    [
        (timedelta(days=-30), 0),
        (timedelta(0), 0),
        (timedelta(minutes=15), 0),
        (timedelta(minutes=15, microseconds=1), 1),
        (timedelta(days=1, minutes=15), 1),
        (timedelta(days=1, minutes=15, microseconds=1), 2),
        (timedelta(days=2, minutes=16), 3),
    ],
)
def test_days_that_began_after_the_grace_count(by: timedelta, days: int) -> None:
    """Within the grace period nothing is late; each day begun counts."""
    found = late(by, grace_minutes=15)
    assert (found.days, found.penalty) == (days, 10 * days)
    assert bool(found.reason) is (days > 0)


def test_it_says_why() -> None:
    """The reason says how late it is, what that costs, and if there was an extension."""
    day = timedelta(days=1)
    assert late(day).reason == "1 day late: 10 % of the maximum"
    assert late(2 * day, floor_percent_of_earned=40).reason == (
        "2 days late: 20 % of the maximum, 40 % of the points earned stay"
    )
    assert late(3 * day, extensions={"ann": 2}).reason == (
        "1 day after the extension: 10 % of the maximum"
    )
    assert late(3 * day, zero_after_days=2).reason == "3 days late: too late to count"


@pytest.mark.parametrize(
    ("extension", "by", "days"), [(3, 3, 0), (3, 4, 1), (DUE + timedelta(days=2), 2, 0), (0, 1, 1)]
)
def test_an_extension_moves_the_due_date(extension: Any, by: int, days: int) -> None:
    """An extension moves one student's due date, by days or to a date."""
    granted = {"Jos\u00e9": extension}
    found = late(timedelta(days=by), student="Jose\u0301", extensions=granted)
    assert found.days == days
    assert late(timedelta(days=by), extensions=granted).days == by


def test_extensions_of_unknown_students_are_reported() -> None:
    """An extension for a student without a submission may be a typing error."""
    given_to = policy(extensions={"ann": 1, "Bo\u202e": 1})
    assert given_to.unknown_students(["ann"]) == (
        "The late policy has an extension for Bo\\u202e, who has no submission.",
    )


@pytest.mark.parametrize(
    "submitted",
    [None, datetime(2026, 3, 9), datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))),
     datetime.min.replace(tzinfo=timezone(timedelta(hours=12)))],
)  # fmt: skip
def test_an_unknown_time_costs_nothing(submitted: datetime | None) -> None:
    """Unknown or invalid times cost nothing; a late mark asks for review."""
    marked = lateness(submitted, policy(), student="ann", marked_late=True)
    assert (marked.days, marked.penalty, marked.review) == (None, 0, True)
    assert marked.reason == "late by an unknown time"
    plain = lateness(submitted, policy(), student="ann")
    assert (plain.days, plain.penalty, plain.review, plain.reason) == (None, 0, False, "")


def test_a_known_time_decides_alone() -> None:
    """If the time is known, the platform's late mark is ignored."""
    found = lateness(DUE, policy(), student="ann", marked_late=True)
    assert (found.days, found.review) == (0, False)


@pytest.mark.parametrize(
    ("due", "submitted", "zone", "days"),
    [
        # The clocks go back on 25 October 2026 at 3:00: that day has 25 hours.
        ("2026-10-24T23:59+02:00", "2026-10-25T23:50+01:00", "Europe/Berlin", 1),
        ("2026-10-24T23:59+02:00", "2026-10-25T23:50+01:00", None, 2),
        # They go forward on 29 March: that day has 23.
        ("2026-03-28T23:59+01:00", "2026-03-30T00:30+02:00", "Europe/Berlin", 2),
        ("2026-03-28T23:59+01:00", "2026-03-30T00:30+02:00", None, 1),
        # Late within the hour that comes twice is late.
        ("2026-10-25T02:30+02:00", "2026-10-25T02:10+01:00", "Europe/Berlin", 1),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30+01:00", "Europe/Berlin", 0),
    ],
)
def test_days_end_by_the_clock_of_the_zone(
    due: str, submitted: str, zone: str | None, days: int
) -> None:
    """With a time zone days end at the same time of day; without one after 24 hours."""
    found = lateness(
        datetime.fromisoformat(submitted), policy(due=due, time_zone=zone), student="ann"
    )
    assert found.days == days


def test_extra_days_end_by_the_clock_too() -> None:
    """Extra days over a clock change end at the same time of day."""
    extended = policy(
        due="2026-10-24T23:59+02:00", time_zone="Europe/Berlin", extensions={"ann": 2}
    )
    assert extended.deadline("ann") == datetime(2026, 10, 26, 23, 59, tzinfo=BERLIN)


def test_times_of_one_zone_are_compared_as_they_are() -> None:
    """The repeated hour of a clock change counts as an hour."""
    due = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0)
    again = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    assert lateness(again, policy(due=due), student="ann").days == 1


@given(moments, moments, st.sampled_from([None, "Europe/Berlin"]), st.floats(0, 3000))
def test_later_is_never_cheaper(
    one: datetime, other: datetime, zone: str | None, grace: float
) -> None:
    """A later submission never costs less, through every clock change."""
    first, second = sorted([one.astimezone(UTC), other.astimezone(UTC)])
    rules = policy(time_zone=zone, grace_minutes=grace)
    found = [lateness(at, rules, student="ann").days for at in (first, second.astimezone(BERLIN))]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0] <= found[1]


@pytest.mark.parametrize(
    ("days", "score", "final"),
    [(0, 90, 90), (1, 90, 80), (3, 90, 60), (6, 90, 36), (7, 90, 36), (8, 90, 0), (2, 10, 4),
     (2, 0, 0)],
)  # fmt: skip
def test_lateness_takes_points_down_to_the_floor(days: int, score: float, final: float) -> None:
    """The penalty grows by the day down to the floor, until it is too late to count."""
    found = late(timedelta(days=days), floor_percent_of_earned=40, zero_after_days=7)
    assert found.final_score(score, 100) == final


@given(
    st.floats(0, 120), st.integers(0, 400), st.floats(0, 100), st.floats(0, 100),
    st.none() | st.integers(0, 20),
)  # fmt: skip
def test_the_final_score_is_within_what_was_earned(
    score: float, days: int, percent: float, floor: float, most: int | None
) -> None:
    """The final score lies between the floor and the score."""
    found = late(
        timedelta(days=days), percent_of_maximum_per_day=percent, floor_percent_of_earned=floor,
        zero_after_days=most,
    )  # fmt: skip
    kept = 0 if most is not None and days > most else score * floor / 100
    assert kept - 1e-4 <= found.final_score(score, 100) <= score + 1e-4
