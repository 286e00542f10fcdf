"""The comments' delayed work, done by a Celery worker or in the process that asks for it."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from celery import shared_task
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from comments import emptying, house, letters, restrictions, settling, tallies, verdicts
from comments.conf import conf
from comments.models import Comment, Report
from comments.states import State

log = logging.getLogger(__name__)

AT_ONCE = 500
"""How many comments one sweep takes on, so that a backlog never blocks a worker for long."""

RETENTION = "retention"
"""Stands in the log where a rejected comment or spam was kept long enough."""


@shared_task(acks_late=True)
def screen_comment(pk: int) -> None:
    """Screens one comment; done twice it changes nothing the second time."""
    if comment := Comment.objects.being_checked().select_related("thread", "author").filter(pk=pk).first():
        verdicts.screen_and_decide(comment)


@shared_task
def sweep() -> int:
    """Screens what should have been screened by now; answers how many comments that were.

    The row is its own outbox: worker, broker or an outside scorer may have been away, and a comment
    that cannot be screened even now goes to the end of the line, so that it never holds up the others.
    """
    overdue = timezone.now() - timedelta(seconds=conf().sweep_after_seconds)
    swept = 0
    waiting = Comment.objects.unscreened_since(overdue).select_related("thread", "author")
    for comment in waiting.order_by(F("tried_at").asc(nulls_first=True), "submitted_at")[:AT_ONCE]:
        Comment.objects.filter(pk=comment.pk).update(tried_at=timezone.now())
        try:
            verdicts.screen_and_decide(comment)
            swept += 1
        except Exception:
            log.exception("Comment %s could not be screened; it stays pending.", comment.pk)
    return swept


@shared_task
def forget_addresses() -> int:
    """Drops the hashes of network addresses whose time is over; answers how many."""
    networks = restrictions.forget_networks()
    before = timezone.now() - timedelta(days=conf().address_days)
    of_comments = Comment.objects.filter(submitted_at__lt=before).exclude(address_hash="")
    of_reports = Report.objects.filter(made_at__lt=before).exclude(address_hash="")
    return networks + of_comments.update(address_hash="") + of_reports.update(address_hash="")


@shared_task
def forget_rejected() -> int:
    """Empties rejected comments and spam whose time is over, at most 500 at once; answers how many.

    The owner settles the times; without one they are kept. Nobody's comment goes while an appeal is possible.
    """
    settled = house.settled(fresh=True).house
    days = {State.REJECTED: settled.keep_rejected_days, State.SPAM: settled.keep_spam_days}
    emptied = 0
    for state, kept in days.items():
        if kept is not None:
            before = timezone.now() - timedelta(days=max(kept, conf().appeal_days))
            over = Comment.objects.turned_down_before(before, state)
            emptied += emptying.empty(over, RETENTION, most=AT_ONCE - emptied)
    return emptied


@shared_task
def fold_tallies() -> int:
    """Makes few lines of the numbers on the desk's tabs; answers how many lines went."""
    return tallies.fold()


@shared_task
def recount_tallies() -> int:
    """Compares the numbers on the desk's tabs with the comments, once a night; answers how many were wrong."""
    night = timezone.localdate().isoformat()
    if not cache.add(f"comments.recounted.{night}", True, timeout=2 * 24 * 3600):
        return 0
    wrong = tallies.recount()
    if wrong:
        log.warning("%s numbers of the desk did not fit the comments; they are right now.", wrong)
    return wrong


@shared_task
def settle() -> int:
    """What follows from decisions that nobody can undo any more; answers how many decisions."""
    return settling.settle_due()


@shared_task
def alarm() -> int:
    """Writes to moderators where comments wait too long; answers how many letters."""
    return letters.write_alarm()


@shared_task
def send_letters() -> int:
    """Sends the letters that are due; answers how many went out."""
    return letters.send_due()


DUE: Mapping[str, Callable[[], int]] = {
    "comments screened": sweep,
    "decisions settled": settle,
    "moderators alarmed": alarm,
    "letters sent": send_letters,  # after those that are written by the two before
    "network addresses forgotten": forget_addresses,
    "rejected comments emptied": forget_rejected,
    "lines of the desk's numbers folded": fold_tallies,
    "numbers of the desk put right": recount_tallies,
}
"""What is done over and over, once a minute or oftener, in this order."""


@shared_task
def run_due() -> dict[str, int]:
    """Does everything of the comments that is due now; answers how much of each there was."""
    return {name: work() for name, work in DUE.items()}
