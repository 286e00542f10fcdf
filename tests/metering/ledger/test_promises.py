"""What every ledger promises, asked of each over a real connection."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from metering import periods
from metering.ledger import Account, Ledger
from metering.ledger.sql import SqlLedger
from metering.models import Meter
from metering.periods import Period

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PERIOD = periods.session(NOW, days=30, now=NOW)
READER, OTHER = "a" * 64, "b" * 64

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[SqlLedger])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return request.param()


@pytest.fixture
def spend(ledger: Ledger) -> Callable[..., Account]:
    def take(piece: str, *, reader: str = READER, now: datetime = NOW, period: Period = PERIOD) -> Account:
        account = ledger.look(reader, now=now)
        return ledger.spend(account, reader=reader, piece=piece, period=period, now=now)

    return take


def test_looking_writes_nothing_and_finds_nothing(ledger: Ledger) -> None:
    assert ledger.look(READER, now=NOW).opened == ()
    assert ledger.look(None, now=NOW).opened == ()


def test_what_is_spent_is_found_again(ledger: Ledger, spend) -> None:
    assert spend("a:1").holds("a:1")
    account = ledger.look(READER, now=NOW + timedelta(days=3))
    assert account.holds("a:1")
    assert account.used(PERIOD) == 1


def test_the_same_piece_is_spent_once(spend) -> None:
    spend("a:1")
    assert spend("a:1", now=NOW + timedelta(days=1)).used(PERIOD) == 1


def test_the_limit_holds(spend) -> None:
    granted = [spend(f"a:{number}").holds(f"a:{number}") for number in range(1, 8)]
    assert granted == [True] * 5 + [False] * 2


def test_a_look_that_has_gone_stale_is_worth_no_more_than_a_fresh_one(ledger: Ledger) -> None:
    stale = ledger.look(READER, now=NOW)
    granted = [
        ledger.spend(stale, reader=READER, piece=f"a:{number}", period=PERIOD, now=NOW).holds(f"a:{number}")
        for number in range(1, 9)
    ]
    assert granted == [True] * 5 + [False] * 3


def test_readers_do_not_share(spend) -> None:
    for number in range(1, 6):
        spend(f"a:{number}")
    assert spend("a:9", reader=OTHER).holds("a:9")


def test_a_new_period_starts_empty_and_keeps_what_is_open_in_its_day_of_grace(ledger: Ledger, spend) -> None:
    late = PERIOD.end - timedelta(hours=1)
    for number in range(1, 6):
        spend(f"a:{number}", now=late)
    after = PERIOD.end + timedelta(hours=1)
    following = periods.session(NOW, days=30, now=after)
    account = ledger.look(READER, now=after)
    assert account.holds("a:1")
    assert account.used(following) == 0
    assert spend("a:6", now=after, period=following).used(following) == 1
    assert not ledger.look(READER, now=late + timedelta(hours=24)).holds("a:1")


def test_a_raised_limit_applies_at_once_and_a_lowered_one_to_new_pieces(spend) -> None:
    for number in range(1, 6):
        spend(f"a:{number}")
    Meter.objects.update(limit=6)
    assert spend("a:6").holds("a:6")
    Meter.objects.update(limit=2)
    assert not spend("a:7").holds("a:7")
    assert spend("a:6").holds("a:6")


def test_without_a_limit_everything_is_granted_and_counted(spend) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"limit": None})
    accounts = [spend(f"a:{number}") for number in range(1, 31)]
    assert accounts[-1].used(PERIOD) == 30


def test_a_missing_row_of_settings_means_the_defaults(ledger: Ledger, spend) -> None:
    Meter.objects.all().delete()
    assert ledger.look(READER, now=NOW).policy.limit == 5
    assert spend("a:1").holds("a:1")


def test_reads_made_without_a_limit_count_once_there_is_one(ledger: Ledger, spend) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"limit": None})
    for number in range(1, 5):
        spend(f"a:{number}")
    Meter.objects.update(limit=5)
    stale = ledger.look(READER, now=NOW)
    granted = [
        ledger.spend(stale, reader=READER, piece=f"b:{number}", period=PERIOD, now=NOW).holds(f"b:{number}")
        for number in range(1, 5)
    ]
    assert granted == [True, False, False, False]


@pytest.mark.parametrize(("before", "after"), [(1, 30), (7, 30), (30, 7)])
def test_a_changed_length_of_the_session_never_ends_in_an_error(spend, before: int, after: int) -> None:
    for hours in range(0, 24 * before * 2, 7):
        now = NOW + timedelta(hours=hours)
        spend(f"a:{hours}", now=now, period=periods.session(NOW, days=before, now=now))
    for hours in range(24 * before * 2, 24 * before * 2 + 70, 7):
        now = NOW + timedelta(hours=hours)
        assert len(spend(f"b:{hours}", now=now, period=periods.session(NOW, days=after, now=now)).opened) >= 1
