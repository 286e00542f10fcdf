"""Template tag: where a reader goes to subscribe."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

register = template.Library()


@register.simple_tag
def way_to_subscribe(user: Any) -> str:
    """The address of the payment page; for a stranger the sign-up before it; empty where the site has none.

    The person's number goes along: with it Stripe tells whose subscription it is. A payer who alters it pays
    for somebody else.
    """
    link = settings.STRIPE_PAYMENT_LINK
    if not link:
        return ""
    if not user.is_authenticated:
        return f"{reverse('account_signup')}?{urlencode({'next': reverse('own-page')})}"
    told = {"client_reference_id": user.pk} | ({"prefilled_email": user.email} if user.email else {})
    return f"{link}{'&' if '?' in link else '?'}{urlencode(told)}"
