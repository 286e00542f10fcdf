"""The doors by which what Stripe tells becomes a right to read: each may be used twice, and in any order."""

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from newsroom.subscriptions.models import StripeCustomer, Subscription
from newsroom.subscriptions.signals import begun
from newsroom.subscriptions.stripe_events import FINAL, CheckoutTold, SubscriptionTold

log = logging.getLogger(__name__)

LONGEST_NUMBER = 18
"""Digits of a person's number that every database can look up."""


def take_down(told: SubscriptionTold) -> None:
    """Starts, prolongs or ends the subscription that Stripe tells of, unless something newer is known of it.

    One guarded update, so that of two events at once the newer stays. What editors have granted is never
    touched. Costs six queries.
    """
    facts = {
        "starts_at": told.starts_at,
        "ends_at": told.ends_at,
        "stripe_customer": told.customer,
        "stripe_status": told.status,
        "told_at": told.told_at,
    }
    readers = _readers(told.customer)
    _, is_new = Subscription.objects.get_or_create(stripe_id=told.stripe_id, defaults=facts)
    if not is_new:
        _older_than(told).update(**facts)
    log.info("Stripe: %s is %s, with a right until %s.", told.stripe_id, told.status, told.ends_at)
    is_known = _hand_over(told.customer)
    _tell_who_begins(told.customer, readers)
    if not is_known:
        log.warning(
            "Stripe: nobody is known as the customer %s of %s. An editor can say in the admin who it is.",
            told.customer,
            told.stripe_id,
        )


def check_out(told: CheckoutTold) -> None:
    """A person has subscribed: Stripe's customer is theirs from now on."""
    is_number = told.person.isascii() and told.person.isdigit() and len(told.person) <= LONGEST_NUMBER
    person = get_user_model().objects.filter(pk=told.person).first() if is_number else None
    if person is None:
        log.warning("Stripe: the checkout of %s names %.50r, who is nobody here.", told.customer, told.person)
    else:
        claim(customer=told.customer, person=person)


def claim(*, customer: str, person: Any) -> None:
    """The customer is this person; what nobody had of the customer's subscriptions, the person has."""
    readers = _readers(customer)
    StripeCustomer.objects.update_or_create(customer=customer, defaults={"person": person})
    _hand_over(customer)
    _tell_who_begins(customer, readers)


def _older_than(told: SubscriptionTold) -> Any:
    """The row of this subscription, if what it knows is older. A second has room for several events."""
    row = Subscription.objects.filter(stripe_id=told.stripe_id).exclude(stripe_status__in=FINAL)
    if told.is_final:
        return row
    older = Q(told_at__lt=told.told_at)
    return row.filter(older if told.is_first else older | Q(told_at=told.told_at))


def _hand_over(customer: str) -> bool:
    """Gives a known customer's subscriptions to the person; False if nobody is known.

    A checkout and its subscription come as two events, often at once. Each writes down its own part first
    and looks for the other's then: whichever is later finds both. So there is no transaction around the
    two steps, in which neither would see the other's.
    """
    known = StripeCustomer.objects.filter(customer=customer).values_list("person_id", flat=True).first()
    if known is None:
        return False
    Subscription.objects.filter(stripe_customer=customer, person=None).update(person=known)
    return True


def _readers(customer: str) -> set[Any]:
    """Those to whom the customer's subscriptions give a right now."""
    running = Subscription.objects.current().filter(stripe_customer=customer).exclude(person=None)
    return {subscription.person for subscription in running.select_related("person")}


def _tell_who_begins(customer: str, before: set[Any]) -> None:
    for person in _readers(customer) - before:
        begun.send(sender=Subscription, person=person)
