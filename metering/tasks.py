"""The meter's own housekeeping, done by beat or by `manage.py run_due`."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Case, F, When
from django.utils import timezone

from metering import daily, outages
from metering.ledger import LedgerUnavailable, the_ledger
from metering.models import CrawlerClaim, DayNumbers, Gift, NewReaders, Outage, Read, Wall
from metering.periods import WITHOUT_BEGINNING


@shared_task
def write_reads_down() -> int:
    """Brings what a ledger elsewhere has granted into the database; answers how many reads."""
    try:
        return the_ledger().write_down()
    except LedgerUnavailable as away:
        outages.note(away)
        return 0  # they wait there


@shared_task
def forget_old_reads() -> int:
    """Deletes reads one period after they stopped to count; answers how many."""
    now = timezone.now()
    longest_ago = now - timedelta(days=1)  # nothing shorter than a day has been over for a period
    ended = Read.objects.filter(open_until__lt=longest_ago).annotate(
        started=Case(When(period_start__gt=WITHOUT_BEGINNING, then="period_start"), default="read_at")
    )
    deleted, _ = ended.filter(period_end__lt=now - (F("period_end") - F("started"))).delete()
    return deleted


@shared_task
def forget_old_walls() -> int:
    """Deletes walls one period after theirs ended, and yesterday's new readers; answers how many rows."""
    walls, _ = Wall.objects.filter(forget_at__lt=timezone.now()).delete()
    newcomers, _ = NewReaders.objects.filter(day__lt=timezone.localdate()).delete()
    return walls + newcomers


@shared_task
def forget_ended_gifts() -> int:
    """Deletes gift links a month after they ended, with who opened them; answers how many.

    A month at least, since the links that a person made this month are counted by their rows.
    """
    long_ago = timezone.now() - timedelta(days=31)
    ended = Gift.objects.filter(expires_at__lt=long_ago, made_at__lt=long_ago)
    return ended.delete()[1].get(Gift._meta.label, 0)


@shared_task
def count_days() -> int:
    """Counts the latest days again, before their rows are forgotten; answers how many days."""
    return daily.count(now=timezone.now())


@shared_task
def forget_old_days() -> int:
    """Deletes the numbers of days more than a year ago; answers how many days."""
    return DayNumbers.objects.filter(day__lt=timezone.localdate() - timedelta(days=366)).delete()[0]


@shared_task
def forget_old_crawler_claims() -> int:
    """Deletes the crawlers' ledger of more than a year ago; answers how many rows."""
    return CrawlerClaim.objects.filter(day__lt=timezone.localdate() - timedelta(days=366)).delete()[0]


@shared_task
def forget_old_outages() -> int:
    """Deletes the outages of more than a year ago; answers how many rows."""
    return Outage.objects.filter(day__lt=timezone.localdate() - timedelta(days=366)).delete()[0]
