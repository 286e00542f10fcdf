"""Old reads and walls are forgotten, one period after they stopped to count."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from metering import periods
from metering.ledger import Sheet, Wish
from metering.ledger.sql import SqlLedger
from metering.models import Meter, Read, Wall
from metering.tasks import forget_old_reads, forget_old_walls
from newsroom.articles.models import Article

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "last_kept"),
    [
        ("session", datetime(2026, 12, 6, 12, tzinfo=UTC)),
        ("day", datetime(2026, 11, 24, 12, tzinfo=UTC)),  # a day after the piece has closed
        ("week", datetime(2026, 11, 30, tzinfo=UTC)),  # the 22nd is a Sunday
        ("month", datetime(2026, 12, 31, tzinfo=UTC)),
        ("rolling", datetime(2026, 12, 6, 12, tzinfo=UTC)),
    ],
)
def test_a_read_is_forgotten_one_period_after_it_stopped_to_count(kind: str, last_kept: datetime) -> None:
    ledger = SqlLedger()
    period = periods.running(kind, days=7, first_weekday=0, since=NOW, now=NOW, zone=UTC)
    wish = Wish(piece="a:1", now=NOW, limit=5)
    ledger.spend(ledger.look((), now=NOW), [Sheet("a" * 64, period)], wish)
    with time_machine.travel(last_kept, tick=False):
        assert (forget_old_reads(), Read.objects.count()) == (0, 1)
    with time_machine.travel(last_kept + timedelta(seconds=1), tick=False):
        assert (forget_old_reads(), Read.objects.count()) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "last_kept"),
    [
        ("session", datetime(2026, 12, 6, 12, tzinfo=UTC)),
        ("day", datetime(2026, 11, 24, tzinfo=UTC)),
        ("week", datetime(2026, 11, 30, tzinfo=UTC)),
        ("month", datetime(2026, 12, 31, tzinfo=UTC)),
        ("rolling", datetime(2026, 12, 6, 12, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_a_wall_is_forgotten_one_period_after_its_own(
    kind: str, last_kept: datetime, is_signed_in: bool, articles: list[Article], registered, signed_in
) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"period": kind, "days": 7, "registered_limit": 5})
    reader = signed_in(registered()) if is_signed_in else Client()
    Article.objects.update(published_at=NOW - timedelta(days=300))
    with time_machine.travel(NOW, tick=False):
        for article in articles[:6]:
            reader.get(article.get_absolute_url())
    with time_machine.travel(last_kept, tick=False):
        assert (forget_old_walls(), Wall.objects.count()) == (0, 1)
    with time_machine.travel(last_kept + timedelta(seconds=1), tick=False):
        assert (forget_old_walls(), Wall.objects.count()) == (1, 0)
