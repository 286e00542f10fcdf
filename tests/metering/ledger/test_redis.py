"""What only the ledger in Redis has: keys that expire, and a copy of the policy that must not go stale."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from metering import periods
from metering.ledger import Sheet, Wish, the_ledger
from metering.ledger.redis import TRUSTED_SECONDS, RedisLedger
from metering.models import Meter
from tests import served, services

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READER = "a" * 64

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def server(settings) -> Iterator[Redis]:
    """The Redis itself; every key of the test has the prefix that the settings name."""
    with services.redis_keys() as (url, prefix):
        settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": url, "REDIS_PREFIX": prefix}
        with Redis.from_url(url, decode_responses=True) as connection:
            yield connection


@pytest.fixture
def prefix(server: Redis, settings) -> str:
    return settings.METERING["REDIS_PREFIX"]


def spend(ledger: RedisLedger, piece: str, *, days: int = 30, now: datetime = NOW) -> None:
    period = periods.rolling(days=days, now=now, zone=UTC)
    account = ledger.look([READER], now=now)
    ledger.spend(account, [Sheet(READER, period)], Wish(piece=piece, now=now, limit=5))


def keys(server: Redis, prefix: str) -> list[str]:
    return sorted(key.removeprefix(prefix) for key in server.scan_iter(f"{prefix}*"))


def test_the_setting_chooses_it(server: Redis) -> None:
    assert isinstance(the_ledger().ledger, RedisLedger)


def test_what_is_kept_expires_when_the_last_piece_closes(server: Redis, prefix: str) -> None:
    ledger = RedisLedger()
    spend(ledger, "a:1", days=3)
    assert keys(server, prefix) == ["journal", "policy", f"reads:{READER}"]
    assert 3 * 86_400_000 - 5000 < server.pttl(f"{prefix}reads:{READER}") <= 3 * 86_400_000
    spend(ledger, "a:2", days=1, now=NOW + timedelta(days=1))  # closes before the first one does
    assert 2 * 86_400_000 - 5000 < server.pttl(f"{prefix}reads:{READER}") <= 2 * 86_400_000


def test_what_has_closed_is_dropped_with_the_next_read(server: Redis, prefix: str) -> None:
    ledger = RedisLedger()
    spend(ledger, "a:1", days=3)
    spend(ledger, "a:2", now=NOW + timedelta(days=4))
    assert "a:1" not in server.get(f"{prefix}reads:{READER}")


def test_looking_and_spending_are_a_round_trip_each_and_no_query(
    server: Redis, monkeypatch, django_assert_num_queries
) -> None:
    ledger = RedisLedger()
    spend(ledger, "a:1")
    sent: list[str] = []
    execute = ledger._redis.execute_command
    monkeypatch.setattr(
        ledger._redis, "execute_command", lambda *a, **kw: (sent.append(a[0]), execute(*a, **kw))[1]
    )
    with django_assert_num_queries(0):
        ledger.look([READER], now=NOW)
        spend(ledger, "a:2")
    assert sent == ["MGET", "MGET", "EVALSHA"]


def test_a_saved_change_reaches_another_process(server: Redis, django_capture_on_commit_callbacks) -> None:
    here, elsewhere = RedisLedger(), RedisLedger()
    assert (here.look((), now=NOW).policy.limit, elsewhere.look((), now=NOW).policy.limit) == (5, 5)
    with django_capture_on_commit_callbacks(execute=True):
        Meter.objects.update_or_create(pk=1, defaults={"limit": 3})
        assert elsewhere.look((), now=NOW).policy.limit == 5  # not committed yet
    assert (here.look((), now=NOW).policy.limit, elsewhere.look((), now=NOW).policy.limit) == (3, 3)


def test_a_change_between_question_and_answer_is_not_buried(
    server: Redis, prefix: str, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    slow, keep = RedisLedger(), RedisLedger._policy_from_database
    Meter.objects.create(pk=1, limit=5)

    def change_while_the_answer_is_on_its_way(*, keys: list[str], args: list[object]) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            Meter.objects.update(limit=3)
        slow_keep(keys=keys, args=args)

    slow_keep = slow._keep_policy
    monkeypatch.setattr(slow, "_keep_policy", change_while_the_answer_is_on_its_way)
    assert keep(slow, server.get(f"{prefix}policy")).limit == 5
    assert RedisLedger().look((), now=NOW).policy.limit == 3


def test_a_change_by_hand_is_seen_when_the_copy_expires(server: Redis, prefix: str) -> None:
    ledger = RedisLedger()
    ledger.look((), now=NOW)
    assert 0 < server.ttl(f"{prefix}policy") <= TRUSTED_SECONDS


@pytest.mark.parametrize(
    "copy", ["changed", "[]", "null", '{"limit": 1}', '{"limit": 1, "of": "another release"}']
)
def test_a_copy_that_cannot_be_read_is_replaced(server: Redis, prefix: str, copy: str) -> None:
    server.set(f"{prefix}policy", copy)
    assert RedisLedger().look((), now=NOW).policy.limit == 5
    assert '"teaser_percent": 40' in server.get(f"{prefix}policy")


def test_an_emptied_redis_gives_readers_their_allowance_back(server: Redis, prefix: str) -> None:
    ledger = RedisLedger()
    spend(ledger, "a:1")
    for key in keys(server, prefix):
        server.delete(prefix + key)
    assert ledger.look([READER], now=NOW).opened == ()
    spend(ledger, "a:1")
    assert ledger.look([READER], now=NOW).holds("a:1")


def test_the_meter_can_be_saved_while_redis_is_away(settings, django_capture_on_commit_callbacks) -> None:
    nobody = f"redis://127.0.0.1:{served.free_port()}/15"
    settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": nobody}
    with django_capture_on_commit_callbacks(execute=True):
        Meter.objects.update_or_create(pk=1, defaults={"limit": 3})
    assert Meter.objects.get().limit == 3
