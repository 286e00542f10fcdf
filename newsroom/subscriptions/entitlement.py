"""Is this person a subscriber? The one question that the meter asks of subscriptions."""

from collections.abc import Sequence
from typing import Any

from newsroom.subscriptions.models import Subscription


def is_subscriber(user: Any) -> bool:
    """True while one of the person's subscriptions runs; asked once per request, then remembered.

    Costs one query for a signed-in reader, none for a stranger.
    """
    if not user.is_authenticated:
        return False
    if not hasattr(user, "_subscribes"):
        user._subscribes = Subscription.objects.current().filter(person=user).exists()
    return user._subscribes


def look_up(users: Sequence[Any]) -> None:
    """Answers `is_subscriber` for many people in one query, before it is asked of each."""
    unknown = [user for user in users if not hasattr(user, "_subscribes")]
    if not unknown:
        return
    subscribers = set(Subscription.objects.current().filter(person__in=unknown).values_list("person", flat=True))
    for user in unknown:
        user._subscribes = user.pk in subscribers
