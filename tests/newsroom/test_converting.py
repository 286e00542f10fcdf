"""What became of a wall: within a day of it somebody registers, somebody subscribes."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from metering.models import Wall
from newsroom.accounts.models import User
from newsroom.subscriptions.models import Subscription
from tests.newsroom.test_subscriptions_webhook import SECRET, checkout, subscribed, take

pytestmark = pytest.mark.django_db

MIRA = {
    "email": "mira@example.org",
    "display_name": "Mira",
    "password1": "a-long-secret-9",
    "password2": "a-long-secret-9",
}


def walled(articles) -> Client:
    client = Client()
    for article in articles[:6]:
        client.get(article.get_absolute_url())
    return client


def test_a_reader_goes_from_the_wall_to_an_account_to_a_subscription(articles) -> None:
    client, other = walled(articles), walled(articles)
    assert other is not client
    client.post("/accounts/signup/", MIRA)
    mira = User.objects.get(email="mira@example.org")
    assert sorted(wall.registered_at is not None for wall in Wall.objects.all()) == [False, True]
    Subscription.objects.create(person=mira)
    converted = Wall.objects.exclude(subscribed_at=None)
    assert [wall.registered_at is not None for wall in converted] == [True]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_stripe_tells_counts_once_it_is_paid_and_somebodys(articles, order) -> None:
    walled(articles).post("/accounts/signup/", MIRA)
    mira, now = User.objects.get(), timezone.now()
    month = {"until": now + timedelta(days=30)}
    unpaid, paid = (
        subscribed("created", "incomplete", at=now, **month),
        subscribed("updated", at=now, **month),
    )
    with override_settings(STRIPE_WEBHOOK_SECRET=SECRET):
        take(checkout(mira.pk, customer="cus_2"), subscribed("created", "incomplete", at=now, customer="cus_2"))
        assert list(Wall.objects.values_list("subscribed_at", flat=True)) == [None]
        Subscription.objects.all().delete()
        events = (checkout(mira.pk), unpaid, paid)
        take(*(events[number] for number in order))
        assert [wall.subscribed_at is not None for wall in Wall.objects.all()] == [True]


def test_a_renewal_by_stripe_is_not_a_new_subscription(articles, person, signed_in) -> None:
    reader, now = person("reader"), timezone.now()
    with override_settings(STRIPE_WEBHOOK_SECRET=SECRET):
        take(checkout(reader.pk), subscribed("created", at=now, until=now + timedelta(days=1)))
        Subscription.objects.update(starts_at=now + timedelta(hours=1))  # so that there is a wall to meet
        client = signed_in(reader)
        for article in articles[:6]:
            client.get(article.get_absolute_url())
        Subscription.objects.update(starts_at=now - timedelta(hours=1))
        take(subscribed("updated", at=now, until=now + timedelta(days=31)))
    assert list(Wall.objects.values_list("subscribed_at", flat=True)) == [None]


def test_after_a_day_it_is_no_longer_the_walls_doing(articles) -> None:
    client = walled(articles)
    Wall.objects.update(met_at=timezone.now() - timedelta(hours=24))
    client.post("/accounts/signup/", MIRA)
    Subscription.objects.create(person=User.objects.get(email="mira@example.org"))
    assert list(Wall.objects.values_list("registered_at", "subscribed_at")) == [(None, None)]


def test_a_subscription_that_is_prolonged_is_not_a_new_one(articles, person, signed_in) -> None:
    reader = person("reader")
    running = Subscription.objects.create(person=reader, ends_at=timezone.now() + timedelta(seconds=1))
    Subscription.objects.update(starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now())
    client = signed_in(reader)
    for article in articles[:6]:
        client.get(article.get_absolute_url())
    running.refresh_from_db()
    running.ends_at = None
    running.save()
    assert list(Wall.objects.values_list("subscribed_at", flat=True)) == [None]
