"""What became of walls: who registered or subscribed within a day of one. The host says when that happens."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from metering import readers
from metering.models import Wall

WITHIN = timedelta(hours=24)


def registered(request: HttpRequest, user: Any) -> int:
    """The reader of this request has just made this account; answers how many walls had been met before.

    The walls are those of the browser that registers, so the host calls this while it answers the
    request by which the account comes about. Costs one statement.
    """
    known = readers.of(request).known
    if known is None:
        return 0
    now = timezone.now()
    walls = Wall.objects.filter(reader=known.key, met_at__gt=now - WITHIN, registered_at=None)
    return walls.update(registered_at=now, account=readers.account_key(user))


def subscribed(user: Any) -> int:
    """This person's subscription begins now; answers how many walls had been met before.

    They are the walls that the account has met, or the browser that registered it. Costs one statement.
    """
    key, now = readers.account_key(user), timezone.now()
    walls = Wall.objects.filter(Q(reader=key) | Q(account=key), met_at__gt=now - WITHIN, subscribed_at=None)
    return walls.update(subscribed_at=now)
