"""Find the next time that the five fields of a crontab's line stand for."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

# Minutes, hours, days of the month, months, days of the week.
_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
# A 29th of February may be eight years away.
_DAYS_AHEAD = 8 * 366 + 1


def next_time(fields: str, now: datetime) -> datetime | None:
    """Find the first minute after now, in local time, that the fields stand for.

    None where there is none or the fields are not understood, as names of days are not.
    """
    try:
        values = [_values(*field) for field in zip(fields.split(), _LIMITS, strict=True)]
    except ValueError:
        return None
    minutes, hours, *dates = values
    for day in _days(fields, dates, now):
        for hour in sorted(hours):
            for minute in sorted(minutes):
                moment = datetime.combine(day, time(hour, minute))
                if moment > now:
                    return moment
    return None


def _days(fields: str, dates: Sequence[set[int]], now: datetime) -> Iterator[datetime]:
    """Go through the days that match, from today on."""
    days, months, weekdays = dates
    day_field, _, weekday_field = fields.split()[2:]
    # As in crontab(5): where both are restricted, either suffices.
    either = not day_field.startswith("*") and not weekday_field.startswith("*")
    for ahead in range(_DAYS_AHEAD):
        day = now + timedelta(days=ahead)
        matches = (day.day in days, bool({day.isoweekday(), day.isoweekday() % 7} & weekdays))
        if day.month in months and (any(matches) if either else all(matches)):
            yield day


def _values(field: str, limits: tuple[int, int]) -> set[int]:
    """Read one field: numbers, ranges, steps and lists of them.

    Raises:
        ValueError: it is something else, or out of the limits.
    """
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("{}-{}".format(*limits) if span == "*" else span).partition("-")
        values |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    if not values or min(values) < limits[0] or max(values) > limits[1]:
        raise ValueError(field)
    return values
