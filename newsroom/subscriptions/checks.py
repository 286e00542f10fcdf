"""What can be wrong with the settings of subscriptions, in words."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    secret, link = settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_PAYMENT_LINK
    found: list[CheckMessage] = []
    if secret and not secret.startswith("whsec_"):
        found.append(
            Warning(
                "STRIPE_WEBHOOK_SECRET does not look like the signing secret of a webhook.",
                hint="It begins with whsec_ and stands beside the webhook in Stripe's dashboard; an API key is "
                "something else, and this site needs none.",
                id="subscriptions.W001",
            )
        )
    if link and not secret:
        found.append(
            Warning(
                "STRIPE_PAYMENT_LINK is set, but STRIPE_WEBHOOK_SECRET is not.",
                hint="Readers would pay, and the site would never hear of it.",
                id="subscriptions.W002",
            )
        )
    return found
