"""When a period of the meter starts and ends. Pure: datetimes in, datetimes out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(hours=24)
"""An opened piece stays open at least this long, even where its period ends sooner."""


@dataclass(frozen=True)
class Period:
    """Half open: `start` belongs to it, `end` to the next one. Both are aware datetimes."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def open_until(self, opened: datetime) -> datetime:
        """Until when a piece opened at this moment stays open."""
        return max(self.end, opened + GRACE)


def session(since: datetime, *, days: int, now: datetime) -> Period:
    """The stretch of `days` days around `now`, counted from the reader's first read.

    It follows from `since` alone, so that two requests at once always agree on it; a reader who
    comes back after the end is in a later stretch of the same length.
    """
    length = timedelta(days=days)
    start = since + (now - since) // length * length
    return Period(start, start + length)
