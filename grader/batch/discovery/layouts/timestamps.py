"""When something was handed in, as platforms write it."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d:\d\d)(?:\.(?P<part>\d{1,12}))?"
    r" ?(?P<zone>[A-Za-z][A-Za-z0-9_+/-]{0,49}|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_UTC = frozenset({"", "Z", "UTC", "GMT"})


def moment(text: str) -> datetime | None:
    """The moment a text names, in UTC; None where it names none.

    Time zones are UTC (as nbgrader has it where none is written), an offset, or a place like
    ``Europe/Paris``. Abbreviations mean several zones each, so they name no moment.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    try:
        zone = _zone(found["zone"] or "")
        time = datetime.fromisoformat(f"{found['day']} {found['time']}").replace(
            microsecond=int((found["part"] or "0").ljust(6, "0")[:6]), tzinfo=zone
        )
        return time.astimezone(UTC)
    except (ValueError, LookupError, OSError, OverflowError):  # no such day, no such zone
        return None


def _zone(name: str) -> tzinfo:
    if name in _UTC:
        return UTC
    if name[0] in "+-":
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
        return timezone(-offset if name[0] == "-" else offset)
    if "/" not in name:
        raise LookupError(name)
    return ZoneInfo(name)
