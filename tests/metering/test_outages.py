"""What is known of a ledger that failed: the count by day, one line in the log, the warning in the admin."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from metering import outages
from metering.ledger import LedgerUnavailable
from metering.models import Meter, Outage, Rule
from metering.tasks import forget_old_outages
from newsroom.articles.models import Article
from tests import served, services

pytestmark = pytest.mark.django_db

GONE = LedgerUnavailable("gone for lunch")
NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def rows() -> list[tuple[str, str, int, str]]:
    return [(str(one.day), one.kind, one.count, one.last_error) for one in Outage.objects.order_by("day", "kind")]


@time_machine.travel(NOON)
def test_failures_are_counted_by_day_with_what_was_said_last() -> None:
    for told in ("first", "second"):
        outages.note(LedgerUnavailable(told))
    assert outages.write() == 2
    assert rows() == [("2030-03-01", "away", 2, "second")]
    with time_machine.travel(NOON + timedelta(days=1)):
        for _ in range(3):
            outages.note(GONE)
    outages.note(LedgerUnavailable("third " + "x" * 500))
    assert outages.write() == 4
    assert [(day, count) for day, _kind, count, _told in rows()] == [("2030-03-01", 3), ("2030-03-02", 3)]
    assert len(Outage.objects.get(day="2030-03-01").last_error) == 300


def test_a_day_is_the_sites_own(settings) -> None:
    settings.TIME_ZONE = "Asia/Tehran"
    with time_machine.travel(datetime(2030, 3, 1, 22, tzinfo=UTC)), timezone.override("America/New_York"):
        outages.note(GONE)
        outages.write()
    assert [day for day, *_ in rows()] == ["2030-03-02"]


def test_what_cannot_be_written_is_kept_and_written_later(monkeypatch) -> None:
    def no_database(collected: object) -> None:
        outages.note(GONE)  # another request, meanwhile
        raise OperationalError("no database")

    outages.note(GONE)
    with monkeypatch.context() as away:
        away.setattr(outages, "_file", no_database)
        with pytest.raises(OperationalError):
            outages.write()
    Client().get("/healthz")
    assert rows() == []  # not again so soon
    assert outages.write() == 2
    assert [count for _day, _kind, count, _told in rows()] == [2]


def test_a_process_writes_at_most_once_a_second(monkeypatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(outages, "monotonic", lambda: now[0])
    for pause in (0, 0.4, 0.4, 0.4):
        now[0] += pause
        outages.note(GONE)
        Client().get("/healthz")
    assert [count for _day, _kind, count, _told in rows()] == [4]
    outages.note(GONE)
    Client().get("/healthz")
    assert [count for _day, _kind, count, _told in rows()] == [4]


def test_the_log_has_one_line_a_second_and_says_how_often(monkeypatch, caplog) -> None:
    now = [1000.0]
    monkeypatch.setattr(outages, "monotonic", lambda: now[0])
    for pause in (0, 0.5, 0.4, 0.2):
        now[0] += pause
        outages.note(GONE)
    outages.note_forgotten()
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "The meter's ledger does not answer (×1): gone for lunch"),
        (logging.ERROR, "The meter's ledger does not answer (×3): gone for lunch"),
        (
            logging.CRITICAL,
            "The meter's ledger has forgotten its readers (×1): "
            "it has been emptied or exchanged, and whoever comes back with the meter's cookie has the free "
            "articles anew. Redis wants appendonly yes and maxmemory-policy noeviction; see docs/operating.md",
        ),
    ]


def test_old_outages_are_forgotten_after_a_year() -> None:
    for days in (0, 366, 367):
        moment = timezone.now() - timedelta(days=days)
        Outage.objects.create(day=timezone.localdate(moment), kind="away", count=1, last_at=moment)
    assert (forget_old_outages(), Outage.objects.count()) == (1, 2)


def test_an_owner_sees_a_warning_on_the_meters_page_for_a_day(person, signed_in) -> None:
    owner = signed_in(person("owner", "Owner", is_staff=True))
    Meter.objects.get_or_create(pk=1)
    assert "failed in the last 24 hours" not in owner.get("/admin/metering/meter/1/change/").content.decode()
    outages.note(LedgerUnavailable("Redis: <nobody> there"))
    outages.note_forgotten()
    outages.write()
    page = owner.get("/admin/metering/meter/1/change/").content.decode()
    assert "failed in the last 24 hours" in page
    assert "did not answer 1 request" in page
    assert "Redis: &lt;nobody&gt; there" in page
    assert "had forgotten 1 reader" in page
    listed = owner.get("/admin/metering/outage/").content.decode()
    assert [words in listed for words in ("did not answer", "had forgotten a reader")] == [True, True]
    assert owner.get("/admin/metering/outage/add/").status_code == 403
    assert owner.post(f"/admin/metering/outage/{Outage.objects.first().pk}/delete/").status_code == 403
    Outage.objects.update(last_at=timezone.now() - timedelta(hours=24))
    assert "failed in the last 24 hours" not in owner.get("/admin/metering/meter/1/change/").content.decode()


def test_an_owner_sees_what_fails_at_this_moment(person, signed_in, settings) -> None:
    owner = signed_in(person("owner", "Owner", is_staff=True))
    nobody = f"redis://127.0.0.1:{served.free_port()}/0"
    for url, told in ((nobody, "Connection refused"), ("what is this", "ValueError: Redis URL must specify")):
        settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": url}
        page = owner.get("/admin/metering/meter/1/change/")
        assert page.status_code == 200
        assert "The ledger of reads fails" in page.content.decode()
        assert told in page.content.decode()
    assert not Outage.objects.exists()


def forgotten() -> int:
    outages.write()
    return sum(Outage.objects.filter(kind="forgotten").values_list("count", flat=True))


@pytest.fixture
def emptied(settings):
    """Empties the Redis that the site keeps its reads in."""
    with services.redis_keys() as (url, prefix):
        settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": url, "REDIS_PREFIX": prefix}

        def empty() -> None:
            with services.Redis.from_url(url) as server:
                for key in server.scan_iter(f"{prefix}*"):
                    server.delete(key)

        yield empty


def open_all(client: Client, articles: list[Article]) -> list[str]:
    return [client.get(f"/api/v1/articles/{one.code}/").json()["access"]["reason"] for one in articles]


@pytest.mark.services
def test_when_redis_is_emptied_readers_regain_their_allowance_and_each_is_counted_once(
    articles, emptied, caplog
) -> None:
    readers = [Client() for _ in range(3)]
    for reader in readers:
        assert open_all(reader, articles[:6])[5] == "registration_wall"
    assert forgotten() == 0
    emptied()
    for reader in readers[:2]:
        assert open_all(reader, articles[:6]) == ["read_spent"] * 5 + ["registration_wall"]
    assert forgotten() == 2
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    assert open_all(Client(), articles[:1]) == ["read_spent"]
    assert forgotten() == 2


@pytest.mark.services
@pytest.mark.parametrize(
    ("period", "alarmed_after"),
    [({"period": "session", "days": 30}, timedelta(days=29)), ({"period": "day"}, timedelta(hours=23))],
)
def test_a_reader_who_should_still_be_known_is_missed(
    articles, emptied, period, alarmed_after, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Meter.objects.update_or_create(pk=1, defaults=period)
    for pause, missed in ((alarmed_after, 1), (timedelta(days=31), 0)):
        Outage.objects.all().delete()
        with time_machine.travel(NOON) as clock:
            client = Client()
            open_all(client, articles[:1])
            cookie = client.cookies["reader"].value
            emptied()
            clock.shift(pause)
            late = Client()  # which does not let cookies expire
            late.cookies["reader"] = cookie
            open_all(late, articles[:1])
            assert forgotten() == missed


@pytest.mark.services
def test_with_rules_of_several_meters_only_the_day_of_grace_is_sure(
    articles, emptied, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Meter.objects.get_or_create(pk=1)
        Rule.objects.create(name="All", meter=Meter.objects.create(name="Short", period="day"))
    with time_machine.travel(NOON) as clock:
        client = Client()
        open_all(client, articles[:1])
        emptied()
        clock.shift(timedelta(hours=25))
        open_all(client, articles[1:2])
        assert forgotten() == 0


@pytest.mark.services
def test_who_has_erased_what_was_kept_is_not_missed(articles, emptied, person) -> None:
    client = Client()
    open_all(client, articles[:2])
    client.post("/meter/erase/")
    assert open_all(client, articles[:2]) == ["read_spent"] * 2
    client.force_login(person("reader"))
    client.post("/meter/erase/")
    assert open_all(client, articles[2:3]) == ["read_spent"]
    assert forgotten() == 0


def test_missing_nobody_costs_nothing(articles, django_assert_num_queries) -> None:
    client = Client()
    open_all(client, articles[:3])
    assert forgotten() == 0
    with django_assert_num_queries(0):
        Client().get("/healthz")
