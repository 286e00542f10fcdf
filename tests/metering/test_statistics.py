"""What the database knows of the demand, and what another limit would have done with it."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from metering import statistics
from metering.models import Meter, Read, Wall
from metering.policy import Policy
from metering.readers import Pass, account_key
from metering.simulating import COPIED, READ, WALLED, Replay, Simulation
from newsroom.articles.models import Article
from tests import services
from tests.served import ROOT

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
A_MONTH_AGO = NOON - timedelta(days=30)
HOUR = timedelta(hours=1)


@pytest.fixture
def articles(write) -> list[Article]:
    """Published long before all that happens here."""
    return [write(number, published_at=datetime(2026, 1, number, tzinfo=UTC)) for number in range(1, 8)]


def opens(client: Client, articles: list[Article], *, since: datetime) -> None:
    """One article an hour."""
    for number, article in enumerate(articles):
        with time_machine.travel(since + number * HOUR, tick=False):
            client.get(article.get_absolute_url())


def key_of(client: Client) -> str:
    return Pass.read(client.cookies["reader"].value).key  # type: ignore[union-attr]


def demand() -> list[tuple[object, ...]]:
    return [tuple(one) for one in statistics.known_demand(1, since=A_MONTH_AGO)]


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@pytest.mark.django_db
def test_the_demand_is_what_was_read_and_where_a_wall_stood(client: Client, articles) -> None:
    yesterday = NOON - timedelta(days=1)
    opens(client, articles, since=yesterday + timedelta(microseconds=999_999))
    opens(client, articles, since=yesterday + 8 * HOUR)  # once more: nothing that is written down
    assert demand() == [
        (key_of(client), f"articles.article:{article.pk}", seconds(yesterday + number * HOUR), 0, happened)
        for number, (article, happened) in enumerate(zip(articles, [READ] * 5 + [WALLED] * 2, strict=True))
    ]


@pytest.mark.django_db
def test_what_stands_under_two_keys_is_read_once(client: Client, articles, registered) -> None:
    opens(client, articles[:1], since=NOON - 5 * HOUR)
    reader = registered()
    client.force_login(reader)
    opens(client, articles[1:2], since=NOON - 4 * HOUR)
    first, second = (f"articles.article:{article.pk}" for article in articles[:2])
    device, account = key_of(client), account_key(reader)
    early, late = seconds(NOON - 5 * HOUR), seconds(NOON - 4 * HOUR)
    assert sorted(demand()) == sorted([
        (device, first, early, 0, READ),
        (device, second, late, 1, COPIED),
        (account, first, early, 1, COPIED),
        (account, second, late, 1, READ),
    ])  # fmt: skip


@pytest.mark.django_db
def test_no_limit_would_have_opened_what_is_left_out(articles, write) -> None:
    Meter.objects.create(pk=1, limit=0)
    Meter.objects.create(pk=2, name="Sports", limit=0)
    with time_machine.travel(NOON - HOUR, tick=False):
        Client().get(articles[0].get_absolute_url())  # nobody knows who
        reader = Client()
        Meter.objects.filter(pk=1).update(limit=1)
        reader.get(articles[1].get_absolute_url())
        reader.get(write(20, policy="subscribers", published_at=A_MONTH_AGO).get_absolute_url())
    assert sorted(Wall.objects.values_list("reason", flat=True)) == ["registration_wall", "subscribers_only"]
    assert [(one[1], one[4]) for one in demand()] == [(f"articles.article:{articles[1].pk}", READ)]
    assert list(statistics.known_demand(2, since=A_MONTH_AGO)) == []


@pytest.mark.django_db
def test_what_ended_before_is_left_out_and_what_still_counted_is_there(articles) -> None:
    early, late = Client(), Client()
    opens(early, articles[:1], since=A_MONTH_AGO - timedelta(days=30))
    opens(late, articles[:1], since=A_MONTH_AGO - timedelta(days=30) + timedelta(seconds=1))
    assert Read.objects.count() == 2
    assert [one[0] for one in demand()] == [key_of(late)]


@pytest.mark.django_db
def test_another_limit_is_tried_on_the_last_thirty_days(articles, django_assert_num_queries) -> None:
    for _ in range(3):
        opens(Client(), articles[:2], since=NOON - timedelta(days=29))
    opens(Client(), articles, since=NOON - timedelta(days=1))
    opens(Client(), articles, since=A_MONTH_AGO - timedelta(days=1))  # counted then, but not shown
    present, proposed = Policy(), Policy(limit=6)
    with django_assert_num_queries(1):
        found = statistics.simulation(proposed, present=present, now=NOON)
    assert found == Simulation(
        present=Replay(readers=4, affected=1, reads=11, walls=2, reads_lost=0, walls_lifted=0),
        proposed=Replay(readers=4, affected=1, reads=12, walls=1, reads_lost=0, walls_lifted=1),
    )
    assert found.opens_more


ONE_READ = """
from datetime import UTC, datetime, timedelta
from metering import statistics
from metering.models import Meter, Read, Wall
moment = datetime(2026, 11, 22, 12, 0, 0, 999_999, tzinfo=UTC)
same = {"meter": Meter.objects.create(pk=1), "reader": "a", "is_registered": True}
Read.objects.create(piece="p", slot=1, period_end=moment, read_at=moment, open_until=moment, **same)
Wall.objects.create(piece="q", reason="paywall", met_at=moment, resets_at=moment, forget_at=moment, **same)
print(list(statistics.known_demand(1, since=moment - timedelta(days=1))))
"""


@pytest.mark.services
def test_postgresql_says_the_same() -> None:
    with services.postgres_database() as url:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url}
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
        shell = [*manage, "shell", "-v", "0", "-c", ONE_READ]
        told = subprocess.run(shell, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    noon = seconds(NOON)
    assert told.strip() == str([("a", "p", noon, True, READ), ("a", "q", noon, True, WALLED)])
