"""The length of a subscription's period, added to a moment."""

import calendar
import re
from datetime import UTC, datetime, timedelta

from local.stores.apple.errors import bad_request

_PERIOD = re.compile(r"P(?:(\d{1,3})([DWMY])|T(\d{1,5})([HMS]))")
_UNITS = {"D": "days", "W": "weeks", "TH": "hours", "TM": "minutes", "TS": "seconds"}


def after(moment: int, period: str) -> int:
    """Return the moment one period later; a month that is too short ends on its last day.

    Args:
        moment: UNIX milliseconds.
        period: ISO 8601 with one unit: P1W, P1M, P1Y, PT5M.

    Raises:
        StoreError: it is no such period.
    """
    found = _PERIOD.fullmatch(period)
    if not found:
        raise bad_request(f"period: {period!r} is not one such as P1W, P1M, P1Y or PT5M")
    count = int(found[1] or found[3])
    unit = found[2] or f"T{found[4]}"
    if count == 0:
        raise bad_request("period: must last")
    start = datetime.fromtimestamp(moment / 1000, UTC)
    if unit in _UNITS:
        end = start + timedelta(**{_UNITS[unit]: count})
    else:
        end = _months_later(start, count * (12 if unit == "Y" else 1))
    return round(end.timestamp() * 1000)


def _months_later(start: datetime, months: int) -> datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))
