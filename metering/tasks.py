"""The meter's own housekeeping, done by beat or by `manage.py run_due`."""

from datetime import timedelta

from celery import shared_task
from django.db.models import F
from django.utils import timezone

from metering.models import Read


@shared_task
def forget_old_reads() -> int:
    """Deletes reads one period after they stopped to count; answers how many."""
    now = timezone.now()
    longest_ago = now - timedelta(days=1)  # nothing shorter than a day has been over for a period
    ended = Read.objects.filter(open_until__lt=longest_ago)
    deleted, _ = ended.filter(period_end__lt=now - (F("period_end") - F("period_start"))).delete()
    return deleted
