"""The one door to a piece: who passes, why, and at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metering.models import Meter, Read
from newsroom.articles.models import Article, Author
from newsroom.subscriptions.models import Subscription

pytestmark = pytest.mark.django_db


def reason(client: Client, article: Article) -> str:
    page = client.get(article.get_absolute_url()).content.decode()
    return page.split('data-reason="')[1].split('"')[0]


def test_a_subscriber_reads_everything_while_the_subscription_runs(person, signed_in, articles) -> None:
    subscriber = person("subscriber")
    now = timezone.now()
    running = Subscription.objects.create(person=subscriber, starts_at=now - timedelta(days=1))
    only = articles[0]
    Article.objects.filter(pk=only.pk).update(policy=Article.Policy.SUBSCRIBERS)
    client = signed_in(subscriber)
    assert [reason(client, article) for article in articles] == ["subscriber"] * 7
    assert Read.objects.count() == 0
    Subscription.objects.filter(pk=running.pk).update(ends_at=now)
    assert reason(client, only) == "subscribers_only"
    assert reason(client, articles[1]) == "read_spent"


def test_staff_and_an_articles_own_author_pass(person, signed_in, moderator, article) -> None:
    assert reason(signed_in(moderator), article) == "staff"
    writer = person("writer")
    article.authors.add(Author.objects.create(name="A. Writer", slug="a-writer", account=writer))
    assert reason(signed_in(writer), article) == "staff"
    assert Read.objects.count() == 0


def test_the_meter_switched_off_opens_everything(client: Client, articles) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"is_on": False})
    assert [reason(client, article) for article in articles] == ["unmetered"] * 7


def test_what_the_gate_costs(client: Client, articles) -> None:
    """One query to look or to open again, two for a new read, three for one in a rolling period."""
    client.get(articles[0].get_absolute_url())

    def of_the_gate(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return sum("metering_" in query["sql"] for query in captured.captured_queries)

    assert of_the_gate("/api/v1/meter/") == 1
    assert of_the_gate(articles[0].get_absolute_url()) == 1
    assert of_the_gate(articles[1].get_absolute_url()) == 2
    Meter.objects.update(period="rolling")
    assert of_the_gate(articles[1].get_absolute_url()) == 1
    assert of_the_gate(articles[2].get_absolute_url()) == 3


def test_a_readers_own_account_lists_what_is_open(client: Client, articles) -> None:
    assert "Open to you now" not in client.get("/meter/").content.decode()
    for article in articles[:3]:
        client.get(article.get_absolute_url())
    Article.objects.filter(pk=articles[1].pk).update(status=Article.Status.DRAFT)
    page = client.get("/meter/").content.decode()
    assert "You have read 3 of 5 free articles" in page
    assert [title in page for title in ("Story 1", "Story 2", "Story 3", "Story 4")] == [True, False, True, False]


def test_only_an_article_that_counts_is_called_the_last_free_one(client: Client, articles) -> None:
    Article.objects.filter(pk=articles[6].pk).update(policy=Article.Policy.FREE)
    pages = [client.get(article.get_absolute_url()).content.decode() for article in (*articles[:5], articles[6])]
    assert ["This is your last free article." in page for page in pages] == [False] * 4 + [True, False]


def test_a_meter_that_has_counted_cannot_take_its_reads_along(client: Client, article) -> None:
    client.get(article.get_absolute_url())
    with pytest.raises(ProtectedError):
        Meter.objects.all().delete()
    assert Read.objects.count() == 1
