"""Where Stripe says that a subscription starts, goes on or ends; believed only with Stripe's signature."""

import json
import logging

import stripe
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.subscriptions import billing, stripe_events
from newsroom.subscriptions.stripe_events import CheckoutTold, SubscriptionTold

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Answers 200 to whatever is signed and can be read, 400 to all else; Stripe sends that again for three days.

    The signature holds for `stripe.Webhook.DEFAULT_TOLERANCE` seconds, so that a copy is of no use later; and
    the same event twice changes nothing.
    """
    secret = settings.STRIPE_WEBHOOK_SECRET
    if not secret:
        log.warning("Somebody calls Stripe's webhook, but STRIPE_WEBHOOK_SECRET is not set: it is not there.")
        raise Http404
    try:
        stripe.WebhookSignature.verify_header(
            request.body, request.headers.get("Stripe-Signature"), secret, stripe.Webhook.DEFAULT_TOLERANCE
        )
    except (
        stripe.SignatureVerificationError,
        ValueError,
        TypeError,
    ) as refused:  # bytes or signs that are no text
        return _refused(
            _("This is not signed by Stripe for this address, or not within the last five minutes."), refused
        )
    try:
        # Plain data, not the library's objects: those look as the library's version of the API says, and
        # the webhook's own version may be another.
        told = stripe_events.read(json.loads(request.body))
    except (stripe_events.Unreadable, ValueError) as refused:
        return _refused(_("This is signed, but it cannot be read."), refused)
    match told:
        case SubscriptionTold():
            billing.take_down(told)
        case CheckoutTold():
            billing.check_out(told)
    return HttpResponse(_("Thank you."), content_type="text/plain; charset=utf-8")


def _refused(words: str, reason: Exception) -> HttpResponse:
    log.warning("Stripe's webhook refused a request: %s (%s)", words, reason)
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
