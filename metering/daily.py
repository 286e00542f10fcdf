"""The numbers of each day, counted from reads and walls while those are there, and kept when they are gone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, F, Q, When
from django.utils import timezone

from metering import periods
from metering.conversions import WITHIN
from metering.models import DayNumbers, Read, Wall
from metering.periods import Period

PAUSE = timedelta(minutes=5)
"""Beat asks every half minute; counting so often would be work for nothing."""


def count(*, now: datetime) -> int:
    """Counts today, yesterday and all days since the last count again; answers how many days.

    A day is counted until the next one is over, because a wall may lead to a registration for 24 hours
    and an hour of the night may come twice. Reads are kept that long at least, whatever the period. No
    number ever falls: what a reader has erased has happened all the same. Does nothing for five minutes
    after it was done. Costs four queries and a write for each day, all by the moments' indices.
    """
    last = DayNumbers.objects.first()
    if last and timedelta(0) <= now - last.counted_at < PAUSE:
        return 0
    days = list(_backwards(now, since=last.day if last else None))
    written = DayNumbers.objects.in_bulk([day for day, _period in days], field_name="day")
    for day, period in days:
        before = written.get(day) or DayNumbers(day=day)
        numbers = {name: max(number, getattr(before, name)) for name, number in _numbers_of(period).items()}
        DayNumbers.objects.update_or_create(day=day, defaults={**numbers, "counted_at": now})
    return len(days)


def last_days(number: int, *, now: datetime) -> list[tuple[date, DayNumbers | None]]:
    """So many days up to today, the oldest first; None for a day that was never counted. One query."""
    today = _today(now)[0]
    days = [today - timedelta(days=ago) for ago in reversed(range(number))]
    written = DayNumbers.objects.in_bulk(days, field_name="day")
    return [(day, written.get(day)) for day in days]


def _numbers_of(period: Period) -> dict[str, int]:
    """What the rows say that are there now, by the names of `DayNumbers`."""
    reads = Read.objects.made().filter(read_at__gte=period.start, read_at__lt=period.end).order_by()
    walls = Wall.objects.filter(met_at__gte=period.start, met_at__lt=period.end).order_by()
    met, observed = Q(is_observed=False, reader__gt=""), Q(is_observed=True)
    viewed = reads.values("reader").union(walls.filter(met).values("reader"))
    # Walls that led to an account or a subscription today; of an account's own walls the reader is the account.
    led_on = Wall.objects.filter(met_at__gte=period.start - WITHIN, met_at__lt=period.end).order_by()
    person = Case(When(account="", then=F("reader")), default=F("account"))
    return {
        "readers": viewed.count(),
        # A rule on trial may count with another meter what has been counted already.
        "reads": reads.values("reader", "piece").distinct().count(),
        **walls.aggregate(
            walls=Count("pk", filter=met),
            stopped=Count("reader", filter=met, distinct=True),
            walls_without_cookie=Count("pk", filter=Q(is_observed=False, reader="")),
            observed_walls=Count("pk", filter=observed),
            observed_stopped=Count("reader", filter=observed & Q(reader__gt=""), distinct=True),
        ),
        **led_on.aggregate(
            registrations=Count(person, filter=_during("registered_at", period), distinct=True),
            subscriptions=Count(person, filter=_during("subscribed_at", period), distinct=True),
        ),
    }


def _during(name: str, period: Period) -> Q:
    return Q(**{f"{name}__gte": period.start, f"{name}__lt": period.end})


def _backwards(now: datetime, *, since: date | None) -> Iterator[tuple[date, Period]]:
    """Today, yesterday, and on to the day `since`."""
    day, period = _today(now)
    yield day, period
    while True:
        day, period = _today(period.start - timedelta(seconds=1))
        yield day, period
        if since is None or day <= since:
            return


def _today(now: datetime) -> tuple[date, Period]:
    zone = timezone.get_default_timezone()
    period = periods.day(now=now, zone=zone)
    return period.start.astimezone(zone).date(), period
