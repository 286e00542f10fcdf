"""What Stripe tells of a subscription: an event's plain data in, what it means for the reader's right out. Pure.

An event looks as the version of Stripe's API says that its webhook was made with. The end of the paid period
stood on the subscription until 2025 and stands on each of its items since (Stripe's change log, version
2025-03-31.basil); both are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

RENEWING = ("active", "trialing")
RUNNING = (*RENEWING, "past_due")
"""A failed payment ends nothing before the period does: Stripe tries again, then says `unpaid` or `canceled`."""

FINAL = ("canceled", "incomplete_expired")
"""Nothing follows these: a reader who comes back gets a new subscription."""

RENEWAL_ROOM = timedelta(hours=1)
"""Stripe tells of a renewal a little after the period's end; nobody is to meet the wall in between."""

SHORTEST = timedelta(seconds=1)
"""What is kept of one that never began, since a span ends after it starts: past before anybody hears of it."""

CREATED = "customer.subscription.created"
DELETED = "customer.subscription.deleted"
SUBSCRIPTION = (CREATED, "customer.subscription.updated", DELETED)
CHECKOUT = "checkout.session.completed"


class Unreadable(ValueError):  # noqa: N818  what it says of an event reads better
    """A signed event that does not look as Stripe's documentation says; the message names what is missing."""


@dataclass(frozen=True, kw_only=True)
class SubscriptionTold:
    """How a subscription of Stripe's stood at `told_at`; one that gives no right has ended by then.

    `is_first`: the event says that the subscription is new. Of two events of one second it is the earlier.
    """

    stripe_id: str
    customer: str
    status: str
    starts_at: datetime
    ends_at: datetime
    told_at: datetime
    is_first: bool = False

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


@dataclass(frozen=True, kw_only=True)
class CheckoutTold:
    """A checkout is done: the customer is the person whose number the site gave to Stripe."""

    customer: str
    person: str


def read(event: Mapping[str, Any]) -> SubscriptionTold | CheckoutTold | None:
    """What an event says; None for those that say nothing about a right to read. Raises `Unreadable`."""
    try:
        kind = event["type"]
        if kind == CHECKOUT:
            return _checkout(event["data"]["object"])
        if kind in SUBSCRIPTION:
            return _subscription(kind, event["data"]["object"], _time(event["created"]))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError) as missing:
        raise Unreadable(f"{type(missing).__name__}: {missing}") from missing
    return None


def _checkout(session: Mapping[str, Any]) -> CheckoutTold | None:
    person, customer = session.get("client_reference_id"), session.get("customer")
    if session.get("mode") != "subscription" or not person or not customer:
        return None
    return CheckoutTold(customer=_text(customer), person=_text(person))


def _subscription(kind: str, told: Mapping[str, Any], told_at: datetime) -> SubscriptionTold:
    status = "canceled" if kind == DELETED else _text(told["status"])
    starts_at = _time(told.get("start_date") or told["created"])
    return SubscriptionTold(
        stripe_id=_text(told["id"]),
        customer=_text(told["customer"]),
        status=status,
        starts_at=starts_at,
        ends_at=max(starts_at + SHORTEST, _end(status, told, told_at)),
        told_at=told_at,
        is_first=kind == CREATED,
    )


def _end(status: str, told: Mapping[str, Any], told_at: datetime) -> datetime:
    """Until when the subscription gives a right, as far as is known now."""
    if status not in RUNNING:
        return _time(told["ended_at"]) if told.get("ended_at") else told_at
    paid_until = _paid_until(told)
    if told.get("cancel_at"):
        return min(_time(told["cancel_at"]), paid_until)
    renews = status in RENEWING and not told.get("cancel_at_period_end")
    return paid_until + RENEWAL_ROOM if renews else paid_until


def _paid_until(told: Mapping[str, Any]) -> datetime:
    items = told.get("items", {}).get("data", [])
    ends = [item["current_period_end"] for item in items if item.get("current_period_end")]
    return _time(max(ends) if ends else told["current_period_end"])


def _time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _text(identifier: Any) -> str:
    """Stripe's names of things: never longer than 255 signs, by its own documentation."""
    if not isinstance(identifier, str) or not 0 < len(identifier) <= 255:
        raise ValueError(f"{identifier!r:.100} is no identifier")
    return identifier
