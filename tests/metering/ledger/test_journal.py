"""Reads that Redis has granted are written into the database, each once, whoever is interrupted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from redis import Redis

from metering import periods
from metering.ledger import LedgerUnavailable, Sheet, Wish, the_ledger
from metering.ledger.redis import WRITTEN_AT_ONCE, RedisLedger
from metering.models import DayNumbers, Meter, Outage, Read
from metering.tasks import forget_old_reads, write_reads_down
from newsroom.articles.models import Article
from newsroom.tasks import run_due
from tests import served, services

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
PERIOD = periods.month(now=NOW, zone=UTC)
KEPT = ("piece", "read_at", "period_end", "open_until", "is_registered", "period_start")

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def server(settings) -> Iterator[Redis]:
    with services.redis_keys() as (url, prefix):
        settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": url, "REDIS_PREFIX": prefix}
        with Redis.from_url(url, decode_responses=True) as connection:
            yield connection


@pytest.fixture
def journal(server, settings) -> str:
    return f"{settings.METERING['REDIS_PREFIX']}journal"


def spend(ledger: RedisLedger, *pieces: str, reader: str = "a") -> None:
    for piece in pieces:
        account = ledger.look([reader * 64], now=NOW)
        ledger.spend(account, [Sheet(reader * 64, PERIOD)], Wish(piece=piece, now=NOW, limit=None))


def written() -> list[str]:
    return list(Read.objects.order_by("pk").values_list("piece", flat=True))


@pytest.mark.parametrize("kind", periods.KINDS)
def test_what_redis_has_granted_is_written_as_the_sql_ledger_writes_it(
    articles, settings, server, person, signed_in, kind: str
) -> None:
    registered = person("reader", last_login=NOW - timedelta(days=1))
    Meter.objects.update_or_create(pk=1, defaults={"period": kind})
    Article.objects.update(published_at=NOW - timedelta(days=9))

    def visits() -> list[tuple[object, ...]]:
        Read.objects.all().delete()
        with time_machine.travel(NOW, tick=False) as clock:
            for client in (Client(), signed_in(registered)):
                for article in articles[:2]:
                    clock.shift(timedelta(minutes=1))
                    client.get(f"/api/v1/articles/{article.code}/")
            write_reads_down()
        return list(Read.objects.made().order_by("read_at").values_list(*KEPT))

    from_redis = visits()
    assert set(Read.objects.values_list("slot", "is_copy", "meter")) == {(None, False, 1)}
    settings.METERING = settings.METERING | {"LEDGER": "sql"}
    from_sql = visits()
    assert len(from_sql) == 4
    assert from_redis == [
        (*read, read_at if filed == periods.WITHOUT_BEGINNING else filed)
        for *read, filed in from_sql
        for read_at in read[1:2]
    ]


def test_who_is_interrupted_before_the_batch_was_taken_off_writes_it_again_and_once(server, journal, monkeypatch):
    ledger = RedisLedger()
    spend(ledger, "a:1", "a:2")
    with monkeypatch.context() as interrupted:
        interrupted.setattr(ledger, "_take_off", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ledger.write_down()
    assert (written(), server.llen(journal)) == (["a:1", "a:2"], 2)
    spend(ledger, "a:3")
    assert ledger.write_down() == 3
    assert (written(), server.llen(journal)) == (["a:1", "a:2", "a:3"], 0)


def test_of_two_who_write_at_once_neither_takes_off_what_nobody_has_written(server, journal, monkeypatch) -> None:
    first, second = RedisLedger(), RedisLedger()
    spend(first, "a:1", "a:2")
    take_off = first._take_off

    def after_somebody_else(**what: object) -> None:
        monkeypatch.setattr(first, "_take_off", take_off)
        assert second.write_down() == 2
        spend(second, "a:3", "a:4")
        take_off(**what)

    monkeypatch.setattr(first, "_take_off", after_somebody_else)
    assert first.write_down() == 4
    assert (written(), server.llen(journal)) == (["a:1", "a:2", "a:3", "a:4"], 0)


def test_a_journal_that_is_cut_meanwhile_loses_its_oldest_and_nothing_else(server, journal, monkeypatch) -> None:
    ledger = RedisLedger()
    spend(ledger, "a:1", "a:2", "a:3")
    take_off = ledger._take_off

    def after_the_cut(**what: object) -> None:
        monkeypatch.setattr(ledger, "_take_off", take_off)
        spend(ledger, "a:4")
        server.ltrim(journal, -2, -1)
        take_off(**what)

    monkeypatch.setattr(ledger, "_take_off", after_the_cut)
    ledger.write_down()
    assert (written(), server.llen(journal)) == (["a:1", "a:2", "a:3", "a:4"], 0)


def test_a_long_journal_is_written_in_batches(server, journal) -> None:
    ledger = RedisLedger()
    for reader in "ab":
        spend(ledger, *(f"a:{number}" for number in range(WRITTEN_AT_ONCE // 2 + 10)), reader=reader)
    assert ledger.write_down() == WRITTEN_AT_ONCE + 20 == Read.objects.count()
    assert server.llen(journal) == 0


def test_what_cannot_be_read_is_said_and_holds_nobody_up(server, journal, caplog) -> None:
    ledger = RedisLedger()
    further = Meter.objects.create(pk=2, name="Gone")
    spend(ledger, "a:1")
    account = ledger.look(["b" * 64], now=NOW)
    ledger.spend(account, [Sheet("b" * 64, PERIOD)], Wish(piece="a:9", now=NOW, limit=5, meter=further.pk))
    further.delete()
    server.rpush(journal, "nonsense", "[]", '["key", "a:2", "1", "2", "x", "1", true, "3"]')
    spend(ledger, "a:3")
    assert ledger.write_down() == 2
    assert (written(), server.llen(journal)) == (["a:1", "a:3"], 0)
    assert len(caplog.records) == 3


def test_what_a_reader_has_erased_does_not_come_back_from_the_journal(server, article, person, signed_in) -> None:
    for client in (Client(), signed_in(person("reader"))):
        client.get(article.get_absolute_url())
        client.post("/meter/erase/")
    assert (write_reads_down(), Read.objects.count()) == (0, 0)


def test_while_redis_is_away_the_reads_wait_there_and_other_work_goes_on(article, settings) -> None:
    nobody = f"redis://127.0.0.1:{served.free_port()}/15"
    settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": nobody}
    assert run_due()["reads written down"] == 0
    with pytest.raises(LedgerUnavailable):
        the_ledger().write_down()
    Client().get("/healthz")
    assert Outage.objects.get().kind == "away"


def test_the_numbers_of_the_day_know_them_and_they_are_forgotten_in_time(server, articles) -> None:
    with time_machine.travel(NOW) as clock:
        Article.objects.update(published_at=NOW - timedelta(days=9))
        client = Client()
        for article in articles[:3]:
            client.get(article.get_absolute_url())
        done = run_due()
        assert (done["reads written down"], done["days of the meter counted"]) == (3, 2)
        today = DayNumbers.objects.get(day=NOW.date())
        assert (today.readers, today.reads) == (1, 3)
        clock.shift(timedelta(days=60, seconds=-1))
        assert forget_old_reads() == 0
        clock.shift(timedelta(seconds=2))
        assert forget_old_reads() == 3
