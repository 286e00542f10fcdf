"""Tells the meter when a reader has registered or subscribed, so that its owner sees what became of a wall."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from metering import conversions
from newsroom.subscriptions.models import Subscription
from newsroom.subscriptions.signals import begun


@receiver(user_signed_up)
def has_registered(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    conversions.registered(request, user)


@receiver(post_save, sender=Subscription)
def has_subscribed(instance: Subscription, created: bool, **kwargs: Any) -> None:
    """An editor has granted it. One of Stripe's is there before anybody knows whose it is, or that it is paid."""
    if created and instance.person and Subscription.objects.current().filter(pk=instance.pk).exists():
        conversions.subscribed(instance.person)


@receiver(begun)
def has_begun(person: Any, **kwargs: Any) -> None:
    conversions.subscribed(person)
