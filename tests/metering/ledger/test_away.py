"""A ledger that is away says so in time, and one that is wrongly set up is not taken for one that is away."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.core.checks import run_checks
from django.db import OperationalError, ProgrammingError, connection, connections
from redis import Redis, ResponseError
from redis.exceptions import AuthenticationError, NoPermissionError

from metering import checks, periods
from metering.ledger import Ledger, LedgerUnavailable, Sheet, Wish, breaker
from metering.ledger.breaker import FAILURES, REST_SECONDS, Breaker
from metering.ledger.redis import RedisLedger
from metering.ledger.sql import SqlLedger
from metering.models import Meter
from tests import services

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHEET = Sheet("a" * 64, periods.session(NOW, days=30, now=NOW, zone=UTC))
SECONDS = 0.3
SLACK = 0.7
"""What a busy machine may need beyond the time that the ledger has."""

pytestmark = pytest.mark.django_db
on_redis = pytest.mark.services


def spend(ledger: Ledger, piece: str = "a:1") -> bool:
    account = ledger.look([SHEET.key], now=NOW)
    return ledger.spend(account, [SHEET], Wish(piece=piece, now=NOW, limit=5)).holds(piece)


@contextmanager
def unavailable(told: str | None = None) -> Iterator[None]:
    """Inside, the ledger says that it is away, within its time."""
    asked = time.monotonic()
    with pytest.raises(LedgerUnavailable, match=told):
        yield
    assert time.monotonic() - asked < SECONDS + SLACK


@pytest.fixture
def set_up(settings) -> Callable[[str], RedisLedger]:
    def at(url: str) -> RedisLedger:
        settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": url, "LEDGER_SECONDS": SECONDS}
        return RedisLedger()

    return at


@pytest.fixture
def server() -> Iterator[services.OwnRedis]:
    with services.own_redis() as running:
        yield running


@pytest.fixture
def ledger(server, set_up) -> RedisLedger:
    """A ledger that has just been answered."""
    chosen = set_up(server.url)
    assert spend(chosen)
    return chosen


@on_redis
def test_nobody_there_is_away(server, ledger) -> None:
    server.stop()
    with unavailable("Connection refused"):
        ledger.look([SHEET.key], now=NOW)


@on_redis
def test_a_restart_is_not_noticed_by_kept_connections(server, ledger) -> None:
    server.stop()
    server.start()
    assert spend(ledger, "a:2")


@on_redis
def test_a_redis_that_is_stopped_short_is_waited_for_no_longer_than_the_setting_says(server, ledger) -> None:
    with Redis.from_url(server.url) as by_hand:
        by_hand.execute_command("CLIENT", "PAUSE", 5000, "ALL")
        with unavailable("Timeout"):
            ledger.look([SHEET.key], now=NOW)
        with unavailable("Timeout"):
            spend(ledger, "a:2")


def test_a_server_that_takes_the_connection_and_says_nothing_is_away_and_not_asked_twice(set_up) -> None:
    with services.silent_server() as server:
        with unavailable("Timeout"):
            set_up(services.url_of(server)).look([SHEET.key], now=NOW)
        server.accept()
        with pytest.raises(BlockingIOError):
            server.accept()


@on_redis
def test_a_connection_of_many_slow_steps_has_no_more_time_than_one_of_few(server, set_up) -> None:
    """To connect is to greet, to say who asks, to choose a database, to ask: each in time by itself."""
    with services.in_front_of(server.port, answers_after=SECONDS * 0.4) as port, unavailable("Timeout"):
        set_up(f"redis://127.0.0.1:{port}/5").look([SHEET.key], now=NOW)


@on_redis
def test_a_redis_without_memory_is_away_for_what_is_new_and_there_for_what_is_open(server, ledger) -> None:
    with Redis.from_url(server.url) as by_hand:
        by_hand.config_set("maxmemory", 1)
        assert ledger.look([SHEET.key], now=NOW).holds("a:1")
        with unavailable("OOM|maxmemory"):
            spend(ledger, "a:2")
        by_hand.config_set("maxmemory", 0)
        assert spend(ledger, "a:2")


@on_redis
def test_a_replica_that_may_not_be_written_to_is_away(server, ledger) -> None:
    with services.own_redis("--repl-diskless-sync-delay", "0") as first, Redis.from_url(server.url) as by_hand:
        by_hand.replicaof("127.0.0.1", first.port)
        while by_hand.info("replication")["master_link_status"] != "up":
            time.sleep(0.05)
        with unavailable("read only replica"):
            spend(ledger, "a:2")


@on_redis
def test_a_redis_that_cannot_write_to_its_disk_is_away(server, ledger) -> None:
    with Redis.from_url(server.url) as by_hand:
        (server.folder / "dump.rdb").mkdir()  # where the file would be moved to
        by_hand.config_set("save", "1 1")
        by_hand.bgsave()
        while by_hand.info("persistence")["rdb_last_bgsave_status"] != "err":
            time.sleep(0.05)
        with unavailable("MISCONF"):
            spend(ledger, "a:2")


@on_redis
def test_a_wrong_password_is_an_error_and_not_an_absence(server, set_up) -> None:
    server.stop()
    server.start("--requirepass", "right")
    for url in (server.url, server.url.replace("://", "://:wrong@")):
        with pytest.raises(AuthenticationError):
            set_up(url).look([SHEET.key], now=NOW)
    assert spend(set_up(server.url.replace("://", "://:right@")))


@on_redis
def test_what_is_wrongly_set_up_is_an_error_and_not_an_absence(server, ledger, settings) -> None:
    with Redis.from_url(server.url) as by_hand:
        reads = f"{settings.METERING['REDIS_PREFIX']}reads:{'b' * 64}"
        by_hand.rpush(reads, "the key of another program")
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            ledger.spend(
                ledger.look([SHEET.key], now=NOW),
                [Sheet("b" * 64, SHEET.period)],
                Wish(piece="a:2", now=NOW, limit=5),
            )
        by_hand.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-mget"])
        with pytest.raises(NoPermissionError):
            ledger.look([SHEET.key], now=NOW)


@on_redis
def test_a_database_that_does_not_exist_is_an_error(server, set_up) -> None:
    with pytest.raises(ResponseError, match="out of range"):
        set_up(server.url.replace("/0", "/99")).look([SHEET.key], now=NOW)


@pytest.fixture
def sqlite_alone(settings) -> Iterator[sqlite3.Connection]:
    """Another connection to the database of the tests, which holds the write lock."""
    settings.METERING = settings.METERING | {"LEDGER_SECONDS": SECONDS}
    Meter.objects.get_or_create(pk=1)
    if connection.vendor != "sqlite":
        pytest.skip("this is about SQLite")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def patience() -> int:
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA busy_timeout").fetchone()[0]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_another_writer_of_sqlite_is_waited_for_only_so_long_and_reading_goes_on(sqlite_alone) -> None:
    ledger = SqlLedger()
    hosts_own = patience()
    with unavailable("database is locked"):
        spend(ledger)
    assert patience() == hosts_own
    assert ledger.look([SHEET.key], now=NOW).opened == ()
    sqlite_alone.execute("ROLLBACK")
    assert spend(ledger)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_erasing_waits_no_longer_than_reading(sqlite_alone) -> None:
    hosts_own = patience()
    with unavailable("database is locked"):
        SqlLedger().forget(SHEET.key, keep_count=True)
    assert patience() == hosts_own


def test_a_missing_table_is_an_error_and_not_an_absence() -> None:
    """SQLite calls it operational, as it calls a lock."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE metering_read RENAME TO elsewhere")
    with pytest.raises((OperationalError, ProgrammingError), match="metering_read"):
        SqlLedger().look([SHEET.key], now=NOW)


GONE = LedgerUnavailable("gone for lunch")


class Failing:
    """A ledger that fails as often as it is told to, and counts how often it was asked."""

    def __init__(self, failures: int, error: Exception = GONE) -> None:
        self.failures, self.error, self.asked = failures, error, 0

    def look(self, keys, *, now):
        self.asked += 1
        if self.asked <= self.failures:
            raise self.error
        return "answered"


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(breaker, "monotonic", lambda: now[0])
    return now


def test_after_three_failures_in_a_row_nobody_asks_for_a_while(clock) -> None:
    failing = Failing(failures=4)
    guarded = Breaker(failing)
    for _ in range(FAILURES + 5):
        with pytest.raises(LedgerUnavailable, match="gone for lunch"):
            guarded.look((), now=NOW)
    assert failing.asked == FAILURES

    clock[0] += REST_SECONDS
    for _ in range(5):  # one tries, and it fails
        with pytest.raises(LedgerUnavailable):
            guarded.look((), now=NOW)
    assert failing.asked == FAILURES + 1

    clock[0] += REST_SECONDS
    assert [guarded.look((), now=NOW) for _ in range(3)] == ["answered"] * 3


def test_while_one_tries_the_others_turn_back(clock) -> None:
    class Slow(Failing):
        def look(self, keys, *, now):
            if self.asked >= FAILURES:
                with pytest.raises(LedgerUnavailable, match="left alone"):
                    guarded.look((), now=NOW)  # another request, meanwhile
            return super().look(keys, now=now)

    guarded = Breaker(Slow(failures=FAILURES))
    for _ in range(FAILURES):
        with pytest.raises(LedgerUnavailable):
            guarded.look((), now=NOW)
    clock[0] += REST_SECONDS
    assert guarded.look((), now=NOW) == "answered"


def test_two_failures_and_an_answer_are_no_reason_to_leave_it_alone(clock) -> None:
    failing = Failing(failures=FAILURES - 1)
    guarded = Breaker(failing)
    for _ in range(FAILURES - 1):
        with pytest.raises(LedgerUnavailable):
            guarded.look((), now=NOW)
    assert guarded.look((), now=NOW) == "answered"
    failing.failures = failing.asked + FAILURES - 1
    for _ in range(FAILURES - 1):
        with pytest.raises(LedgerUnavailable):
            guarded.look((), now=NOW)
    assert guarded.look((), now=NOW) == "answered"


def test_an_error_that_will_not_pass_is_seen_by_everybody(clock) -> None:
    failing = Failing(failures=10, error=AuthenticationError("wrong password"))
    guarded = Breaker(failing)
    for _ in range(10):
        with pytest.raises(AuthenticationError):
            guarded.look((), now=NOW)
    assert failing.asked == 10


@on_redis
def test_check_asks_redis_only_where_databases_are_asked_as_well(server, set_up) -> None:
    def found(**what: object) -> list[str | None]:
        return [message.id for message in run_checks(**what) if (message.id or "").startswith("metering")]

    set_up(server.url)
    assert found(databases=["default"]) == []
    server.stop()
    assert found() == []
    assert found(databases=["default"]) == ["metering.W004"]
    server.start("--requirepass", "right")
    assert found() == []
    assert found(databases=["default"]) == ["metering.E009"]


def test_check_says_where_a_database_cannot_be_told_how_long_to_take() -> None:
    told = [message.id for message in checks.check_settings(None)]
    assert "metering.W003" not in told
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setattr(connections["default"], "vendor", "oracle")
        told = [message.id for message in checks.check_settings(None)]
    assert "metering.W003" in told
