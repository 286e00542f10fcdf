"""What others may want to hear of subscriptions."""

from django.dispatch import Signal

begun = Signal()
"""Sent by `billing` with `person`: one of Stripe's subscriptions gives this person a right that it did not give.

It may be sent twice for the same, when two events arrive at once.
"""
