"""When a period of the meter starts and ends. Pure: datetimes in, datetimes out.

Days are those of the site's time zone: a day starts at its first midnight, or where the clock skips
midnight at the moment after; "N days later" is the same time on the clock. All answers are in UTC,
because Python compares two datetimes of one zone by their clocks, and on the night when the clock
is put back that is another order than that of time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

SESSION, DAY, WEEK, MONTH, ROLLING = KINDS = ("session", "day", "week", "month", "rolling")

GRACE = timedelta(hours=24)
"""An opened piece stays open at least this long, even where its period ends sooner."""

WITHOUT_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""What reads are filed under while they count, where the period has no beginning that all agree on."""


@dataclass(frozen=True)
class Period:
    """Half open: `start` belongs to it, `end` to the next one. Both are aware datetimes.

    Requests that come at the same moment agree on `start`, so reads are filed under it.
    """

    start: datetime
    end: datetime

    @property
    def filed_under(self) -> datetime:
        """What the reads of this period are filed under, the same for all who ask at once."""
        return self.start

    def __contains__(self, read_at: datetime) -> bool:
        """Does a read of that moment count in this period?"""
        return self.start <= read_at < self.end

    def counts_until(self, read_at: datetime) -> datetime:
        """When a read of this period stops to count."""
        return self.end

    def open_until(self, read_at: datetime) -> datetime:
        """Until when a piece opened at this moment stays open."""
        return max(self.counts_until(read_at), read_at.astimezone(UTC) + GRACE)

    def resets_at(self, reads: Sequence[datetime], *, limit: int | None) -> datetime:
        """When these reads, all of this period, leave room for another one."""
        return self.end


@dataclass(frozen=True)
class SessionOfReads(Period):
    """A session that begins with the first of the reads themselves.

    Two requests may each take their own read for the first one, and neither may leave the other's out. So
    `start` is where the reads end that are over: whatever was read since then counts. For the same reason
    the reads are filed like those of a rolling period.
    """

    @property
    def filed_under(self) -> datetime:
        return WITHOUT_BEGINNING


@dataclass(frozen=True)
class Rolling(Period):
    """The N days before `now`: each read counts for N days of its own.

    It has no beginning: `start` is the same for every reader and every moment. `end` is when a read
    made now would age out.
    """

    now: datetime
    days: int
    zone: tzinfo

    def __contains__(self, read_at: datetime) -> bool:
        return self.now < self.counts_until(read_at)

    def counts_until(self, read_at: datetime) -> datetime:
        return days_later(read_at, self.days, self.zone)

    def resets_at(self, reads: Sequence[datetime], *, limit: int | None) -> datetime:
        """When the oldest read ages out; after the limit was lowered, as many of them as are too many."""
        ages_out = sorted(self.counts_until(read_at) for read_at in reads)
        if not ages_out:
            return self.end
        too_many = 0 if limit is None else len(ages_out) - limit
        return ages_out[min(max(too_many, 0), len(ages_out) - 1)]


def running(kind: str, *, days: int, first_weekday: int, since: datetime, now: datetime, zone: tzinfo) -> Period:
    """The period of this kind at `now`.

    `days` is for sessions and rolling periods, `since` (the reader's first read) for sessions,
    `first_weekday` (0 is Monday) for weeks. Raises `ValueError` for a kind that does not exist.
    """
    if kind == SESSION:
        return session(since, days=days, now=now, zone=zone)
    if kind == ROLLING:
        return rolling(days=days, now=now, zone=zone)
    if kind == DAY:
        return day(now=now, zone=zone)
    if kind == WEEK:
        return week(first_weekday=first_weekday, now=now, zone=zone)
    if kind == MONTH:
        return month(now=now, zone=zone)
    raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")


def session(since: datetime, *, days: int, now: datetime, zone: tzinfo) -> Period:
    """The stretch of `days` days around `now`, counted from the reader's first read.

    It follows from `since` alone, so that two requests at once always agree on it; a reader who
    comes back after the end is in a later stretch of the same length.
    """
    stretch = (now.astimezone(zone).date() - since.astimezone(zone).date()).days // days
    start, end = (days_later(since, (stretch + more) * days, zone) for more in (0, 1))
    while now < start:
        stretch -= 1
        start, end = days_later(since, stretch * days, zone), start
    while now >= end:
        stretch += 1
        start, end = end, days_later(since, (stretch + 1) * days, zone)
    return Period(start, end)


def session_of(
    reads: Iterable[datetime], *, over: Iterable[datetime] = (), days: int, now: datetime, zone: tzinfo
) -> SessionOfReads:
    """The session that began with the first of these reads; one that begins now where there are none.

    For readers who come with more than one device. `reads` are those, of all devices, that still count by
    what held when they were made; `over` are those that are still open and count no longer.
    """
    in_order, first, end = sorted(reads), 0, WITHOUT_BEGINNING
    for number, read_at in enumerate(in_order):
        if read_at >= end:  # the first one; or the owner has shortened the session, and here another began
            first, end = number, days_later(read_at, days, zone)
    if now >= end:
        first, end = len(in_order), days_later(now, days, zone)
    running, past = in_order[first:], [*over, *in_order[:first]]
    last = max((one for one in past if not running or one < running[0]), default=None)
    return SessionOfReads(WITHOUT_BEGINNING if last is None else last + timedelta.resolution, end)


def day(*, now: datetime, zone: tzinfo) -> Period:
    """From midnight to midnight."""
    today = _today(now, zone)
    return _from_midnight(today, today + timedelta(days=1), zone)


def week(*, first_weekday: int, now: datetime, zone: tzinfo) -> Period:
    """Seven days from the midnight before the week's first day; 0 is Monday, as in `date.weekday()`."""
    today = _today(now, zone)
    first = today - timedelta(days=(today.weekday() - first_weekday) % 7)
    return _from_midnight(first, first + timedelta(days=7), zone)


def month(*, now: datetime, zone: tzinfo) -> Period:
    """The calendar month."""
    first = _today(now, zone).replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return _from_midnight(first, following, zone)


def rolling(*, days: int, now: datetime, zone: tzinfo) -> Rolling:
    """The `days` days before `now`, each read ageing out on its own."""
    return Rolling(WITHOUT_BEGINNING, days_later(now, days, zone), now=now, days=days, zone=zone)


def days_later(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """The same time on the clock, so many days later.

    A time that the clock skips on that day is counted as if it had not been put forward (02:30 is
    then 03:30); of a time that comes twice the first is meant.
    """
    if not days:
        return moment.astimezone(UTC)
    # Within one zone Python adds to the clock, not to the time that passes: here that is what is meant.
    return (moment.astimezone(zone) + timedelta(days=days)).astimezone(UTC)


def _today(now: datetime, zone: tzinfo) -> date:
    """The day that `now` belongs to.

    Nearly always the date on the clock. Where the clock is put back over midnight, the minutes that
    have the old date again are still the new day's, or the old day would come twice.
    """
    today = now.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    return tomorrow if now >= _midnight(tomorrow, zone) else today


def _from_midnight(first: date, last: date, zone: tzinfo) -> Period:
    return Period(_midnight(first, zone), _midnight(last, zone))


def _midnight(start_of: date, zone: tzinfo) -> datetime:
    # A midnight that the clock skips is given the offset from before: exactly the moment of the change.
    return datetime.combine(start_of, time.min, zone).astimezone(UTC)
