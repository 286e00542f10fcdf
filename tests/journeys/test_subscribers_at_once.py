"""Twenty readers subscribe, and all that Stripe tells of each arrives in the same moment."""

import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import stripe

from tests import served, services
from tests.newsroom.test_subscriptions_webhook import SECRET, checkout, subscribed

READERS = range(1, 21)
PREPARE = """
from newsroom.accounts.models import User
User.objects.bulk_create(User(pk=number, username=f"reader-{number}") for number in range(1, 21))
"""
HELD = """
from newsroom.subscriptions.models import Subscription
print(sorted(Subscription.objects.values_list("person", "stripe_id", "stripe_status")))
"""


def tell(url: str, event: dict[str, Any], gate: threading.Barrier, answers: list[int]) -> None:
    text = json.dumps(event)
    signed = stripe.WebhookSignature.generate_signature_header(text, SECRET, int(time.time()))
    gate.wait()
    answer = httpx.post(f"{url}/webhooks/stripe/", content=text, headers={"Stripe-Signature": signed}, timeout=30)
    answers.append(answer.status_code)


@pytest.mark.services
def test_whatever_comes_first_each_has_one_subscription_that_runs() -> None:
    answers: list[int] = []
    second = datetime.now(UTC)
    with (
        services.postgres_database() as database,
        served.site(database, prepare=PREPARE, STRIPE_WEBHOOK_SECRET=SECRET) as site,
    ):
        for number in READERS:
            whose = {"id": f"sub_{number}", "customer": f"cus_{number}"}
            active = subscribed("updated", at=second, **whose)
            events = [
                checkout(number, customer=f"cus_{number}"),
                subscribed("created", "incomplete", at=second, **whose),
                active,
                active,  # twice
            ]
            gate = threading.Barrier(len(events))
            callers = [threading.Thread(target=tell, args=(site.url, event, gate, answers)) for event in events]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
        held = site.manage("shell", "-v", "0", "-c", HELD).strip()
    assert answers == [200] * 4 * len(READERS)
    assert held == str(sorted((number, f"sub_{number}", "active") for number in READERS))
