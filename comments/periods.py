"""A stretch of whole days in the site's time zone, and the moments at which it begins and ends."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone


@dataclass(frozen=True, kw_only=True)
class Period:
    """From the first moment of `since` to the last of `until`."""

    since: date
    until: date

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.since, time.min))

    @property
    def end(self) -> datetime:
        """The first moment that does not belong to it."""
        return timezone.make_aware(datetime.combine(self.until + timedelta(days=1), time.min))


def month_before(day: date) -> Period:
    """The whole calendar month before that of the day."""
    last = day.replace(day=1) - timedelta(days=1)
    return Period(since=last.replace(day=1), until=last)
