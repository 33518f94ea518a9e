"""When a person may be called: the moment that was planned, or the nearest one inside working hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from ferry.domain.policy.document import Day, WorkingHours

MINUTE = timedelta(minutes=1)
DAYS: tuple[str, ...] = get_args(Day)


def called_at(planned: datetime, begun: datetime, end: datetime, hours: WorkingHours | None) -> datetime:
    """`planned`, else the next working minute before `end`, else the last one since `begun`, else `planned` after all.

    All with their zone; the answer is in UTC. A request that lives in one night alone is still reminded of.
    """
    planned = planned.astimezone(UTC)
    if hours is None:
        return planned
    windows = list(_windows(hours, begun, end))
    if any(opens <= planned < closes for opens, closes in windows):
        return planned
    later = [opens for opens, _ in windows if planned < opens < end]
    earlier = [max(opens, closes - MINUTE) for opens, closes in windows if closes <= planned]
    inside = [moment for moment in earlier if begun < moment]
    return min(later, default=max(inside, default=planned))


def _windows(hours: WorkingHours, begun: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Each working day from the day before `begun` to the day after `end`, as it opens and closes, in UTC."""
    zone = ZoneInfo(hours.zone)
    day = begun.astimezone(zone).date() - timedelta(days=1)
    while day <= end.astimezone(zone).date():
        if DAYS[day.weekday()] in hours.days:
            opens, closes = (datetime.combine(day, at, zone).astimezone(UTC) for at in (hours.from_, hours.to))
            yield opens, closes
        day += timedelta(days=1)
