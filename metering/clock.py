"""The days of `metering.periods` in whole seconds since 1970, for who has to count millions of them. Pure.

A moment is cut to its second. That moves no read over a boundary: midnights and changes of a clock
are at whole seconds.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, tzinfo
from itertools import pairwise

DAY = 24 * 3600


class Clock:
    """What the clocks of a zone show between two moments, in whole seconds since 1970.

    Asking costs a fraction of a microsecond, making one a microsecond for each day of the span, since no
    clock is changed twice in a day. Before and after the span it knows of no change.
    """

    def __init__(self, zone: tzinfo, *, first: int, last: int) -> None:
        def offset(moment: int) -> int:
            ahead = datetime.fromtimestamp(moment, zone).utcoffset()
            return int(ahead.total_seconds()) if ahead else 0

        self._changes: list[int] = []
        self._offsets = [offset(first)]
        for day in range(first, last, DAY):
            before = self._offsets[-1]
            if offset(day + DAY) != before:
                seconds = range(day, day + DAY + 1)
                self._changes.append(seconds[bisect_left(seconds, True, key=lambda one: offset(one) != before)])
                self._offsets.append(offset(day + DAY))
        # What the clock shows when the old offset is over. Of an hour that comes twice the first is the
        # old one's, and an hour that never comes is counted as if the clock had not been put forward.
        self._shown = [
            change + max(around) for change, around in zip(self._changes, pairwise(self._offsets), strict=True)
        ]

    def shown(self, moment: int) -> int:
        """What the clock shows then, written as the moment at which Greenwich shows the same."""
        return moment + self._offsets[bisect_right(self._changes, moment)]

    def days_later(self, moment: int, days: int) -> int:
        """The same time on the clock, so many days later; as `metering.periods.days_later` has it."""
        if not days:
            return moment
        shown = self.shown(moment) + days * DAY
        return shown - self._offsets[bisect_right(self._shown, shown)]

    def session_end(self, since: int, *, days: int, now: int) -> int:
        """When the session ends in which `now` lies; as `metering.periods.session` has it."""
        stretch = (self.shown(now) - self.shown(since)) // (days * DAY)
        while now < self.days_later(since, stretch * days):
            stretch -= 1
        while now >= (end := self.days_later(since, (stretch + 1) * days)):
            stretch += 1
        return end
