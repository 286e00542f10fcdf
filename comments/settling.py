"""What follows from a decision once nobody can undo it: others are told, and its author gets a letter."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from comments import house, letters, signals
from comments.models import Decision

log = logging.getLogger(__name__)

AT_ONCE = 250
"""Half of the decisions that one round takes on, so that a backlog never blocks a worker for long."""

PATIENCE = timedelta(days=1)
"""So long a receiver that fails is tried again; then the decision is settled without it."""


def settle_due(now: datetime | None = None) -> int:
    """Settles the decisions whose time to undo is over; answers how many.

    Each in a transaction of its own, which claims it by compare-and-swap: of two that do so at once, one does.
    The letter and whatever receivers of `decision_settled` write are in that transaction: a crash loses neither.
    """
    now = now or timezone.now()
    due = Decision.objects.filter(settles_at__lte=now, is_undone=False).values_list("pk", flat=True)
    # From both ends: those whose receivers fail pile up between, and never hold up the new ones or the oldest.
    newest, oldest = due.order_by("-settles_at")[:AT_ONCE], due.order_by("settles_at")[:AT_ONCE]
    keys = dict.fromkeys([*newest, *oldest])
    return sum(_settle(pk, now) for pk in keys)


def _settle(pk: int, now: datetime) -> bool:
    """Whether this process settled it now."""
    try:
        return _claimed(pk, now, listeners=True)
    except Exception:
        decision = Decision.objects.filter(pk=pk, settles_at__lte=now - PATIENCE).first()
        log.exception("What follows from decision %s failed; %s.", pk, "given up" if decision else "tried again")
        return decision is not None and _claimed(pk, now, listeners=False)


def _claimed(pk: int, now: datetime, *, listeners: bool) -> bool:
    with transaction.atomic():
        claimed = Decision.objects.filter(pk=pk, settles_at__lte=now, is_undone=False)
        if not claimed.update(settles_at=None):
            return False
        found = Decision.objects.select_related("comment__author", "comment__thread", "by")
        decision = found.get(pk=pk)
        if house.settled().house.tell_authors:
            letters.write_statement(decision)
        if listeners:
            signals.decision_settled.send(sender=Decision, decision=decision)
    return True
