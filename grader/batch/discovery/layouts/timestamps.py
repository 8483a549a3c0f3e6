"""Parses the times of submission that platforms write."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_TIMESTAMP = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,12}))?"
    r" ?(?P<zone>[A-Za-z][A-Za-z0-9_+/-]{0,49}|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_UTC_NAMES = frozenset({"", "Z", "UTC", "GMT"})


def parse_timestamp(text: str) -> datetime | None:
    """Parse a time into UTC; None if the text is no time.

    Time zones are UTC (nbgrader's meaning of no zone), an offset, or a place such as
    ``Europe/Paris``. Abbreviations are ambiguous, so they are refused.
    """
    match = _TIMESTAMP.fullmatch(text.strip())
    if match is None:
        return None
    try:
        zone = _time_zone(match["zone"] or "")
        time = datetime.fromisoformat(f"{match['day']} {match['time']}").replace(
            microsecond=int((match["fraction"] or "0").ljust(6, "0")[:6]), tzinfo=zone
        )
        return time.astimezone(UTC)
    except (ValueError, LookupError, OSError, OverflowError):  # no such day or zone
        return None


def _time_zone(name: str) -> tzinfo:
    if name in _UTC_NAMES:
        return UTC
    if name[0] in "+-":
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
        return timezone(-offset if name[0] == "-" else offset)
    if "/" not in name:
        raise LookupError(name)
    return ZoneInfo(name)
