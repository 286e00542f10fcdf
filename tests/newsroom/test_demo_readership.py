"""The demo's invented readers: enough to see charts, and nothing that the meter would not have done."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from metering import daily, statistics
from metering.models import DayNumbers, Meter, Read, Wall
from metering.policy import Policy
from newsroom.articles.models import Article
from newsroom.demo_content import readership

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def articles(write) -> list[Article]:
    return [write(number, published_at=NOON - timedelta(days=number)) for number in range(1, 25)]


@pytest.fixture
def invented(articles: list[Article]) -> None:
    readership.invent(now=NOON)


def test_each_of_thirty_days_has_readers_some_of_whom_were_stopped(invented: None) -> None:
    days = [numbers for _day, numbers in daily.last_days(30, now=NOON)]
    assert all(one and one.reads > 0 and one.stopped <= one.readers for one in days)
    assert 0.1 < sum(one.stopped for one in days if one) / sum(one.readers for one in days if one) < 0.6
    assert sum(one.registrations for one in days if one) > 10


def test_the_invented_readers_keep_to_the_meters_defaults(invented: None) -> None:
    found = statistics.simulation(Policy(limit=3), present=Policy(), now=NOON)
    assert (found.present.reads_lost, found.present.walls_lifted) == (0, 0)
    assert found.proposed.reads_lost > 0


def test_run_again_it_adds_nothing_and_real_readers_stay(articles: list[Article]) -> None:
    with time_machine.travel(NOON - timedelta(hours=1), tick=False):
        Client().get(articles[0].get_absolute_url())
    Meter.objects.update(limit=7)
    for _ in range(2):
        readership.invent(now=NOON)
        counted = (Read.objects.count(), Wall.objects.count(), DayNumbers.objects.count())
    readership.invent(now=NOON + timedelta(days=3))
    assert (Read.objects.count(), Wall.objects.count(), DayNumbers.objects.count()) == counted
    assert Meter.objects.get().limit == 7
    assert Wall.objects.values("code").distinct().count() == Wall.objects.count()


def test_the_same_readers_are_invented_each_time(articles: list[Article]) -> None:
    def numbers() -> list[dict[str, object]]:
        readership.invent(now=NOON)
        found = list(DayNumbers.objects.values("day", "readers", "reads", "walls", "registrations"))
        for model in (Read, Wall, DayNumbers):
            model.objects.all().delete()
        return found

    assert numbers() == numbers()
