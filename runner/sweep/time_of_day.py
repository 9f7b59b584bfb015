"""Write when something happened as people say it."""

from datetime import datetime


def time_of_day(milliseconds: int) -> str:
    """Write a time of today as 14:02, any other one with its date.

    Args:
        milliseconds: since 1970.
    """
    moment = datetime.fromtimestamp(milliseconds / 1000)
    today = moment.date() == datetime.now().date()
    return moment.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")
