"""What every ledger promises, asked of each over a real connection."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from metering import periods
from metering.ledger import Account, Ledger, Sheet, Wish
from metering.models import Meter
from metering.periods import Period
from metering.policy import Policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PERIOD = periods.session(NOW, days=30, now=NOW, zone=UTC)
READER, OTHER = "a" * 64, "b" * 64
SHEET = Sheet(READER, PERIOD)

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def spend(ledger: Ledger) -> Callable[..., Account]:
    def take(piece: str, *, reader: str = READER, now: datetime = NOW, period: Period = PERIOD) -> Account:
        account = ledger.look([reader], now=now)
        wish = Wish(piece=piece, now=now, limit=account.policy.limit)
        return ledger.spend(account, [Sheet(reader, period)], wish)

    return take


def test_looking_writes_nothing_and_finds_nothing(ledger: Ledger) -> None:
    assert ledger.look([READER], now=NOW).opened == ()
    assert ledger.look((), now=NOW).opened == ()


def test_what_is_spent_is_found_again(ledger: Ledger, spend) -> None:
    assert spend("a:1").holds("a:1")
    account = ledger.look([READER], now=NOW + timedelta(days=3))
    assert account.holds("a:1")
    assert account.used(PERIOD) == 1


def test_the_same_piece_is_spent_once(spend) -> None:
    spend("a:1")
    assert spend("a:1", now=NOW + timedelta(days=1)).used(PERIOD) == 1


def test_the_limit_holds(spend) -> None:
    granted = [spend(f"a:{number}").holds(f"a:{number}") for number in range(1, 8)]
    assert granted == [True] * 5 + [False] * 2


def test_a_look_that_has_gone_stale_is_worth_no_more_than_a_fresh_one(ledger: Ledger) -> None:
    stale = ledger.look([READER], now=NOW)
    granted = [
        ledger.spend(stale, [SHEET], Wish(piece=f"a:{number}", now=NOW, limit=5)).holds(f"a:{number}")
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
    following = periods.session(NOW, days=30, now=after, zone=UTC)
    account = ledger.look([READER], now=after)
    assert account.holds("a:1")
    assert account.used(following) == 0
    assert spend("a:6", now=after, period=following).used(following) == 1
    assert not ledger.look([READER], now=late + timedelta(hours=24)).holds("a:1")


def test_a_raised_limit_applies_at_once_and_a_lowered_one_to_new_pieces(spend, the_owner_sets) -> None:
    for number in range(1, 6):
        spend(f"a:{number}")
    the_owner_sets(limit=6)
    assert spend("a:6").holds("a:6")
    the_owner_sets(limit=2)
    assert not spend("a:7").holds("a:7")
    assert spend("a:6").holds("a:6")


def test_without_a_limit_everything_is_granted_and_counted(spend, the_owner_sets) -> None:
    the_owner_sets(limit=None)
    accounts = [spend(f"a:{number}") for number in range(1, 31)]
    assert accounts[-1].used(PERIOD) == 30


def test_a_missing_row_of_settings_means_the_defaults(ledger: Ledger, spend, the_owner_sets, committed) -> None:
    the_owner_sets(limit=2)
    assert ledger.look([READER], now=NOW).policy.limit == 2
    with committed():
        Meter.objects.all().delete()
    assert ledger.look([READER], now=NOW).policy.limit == 5
    assert Meter.objects.count() == 1  # walls and reads are of a meter that is there
    assert spend("a:1").holds("a:1")


def test_reads_made_without_a_limit_count_once_there_is_one(ledger: Ledger, spend, the_owner_sets) -> None:
    the_owner_sets(limit=None)
    for number in range(1, 5):
        spend(f"a:{number}")
    the_owner_sets(limit=5)
    stale = ledger.look([READER], now=NOW)
    granted = [
        ledger.spend(stale, [SHEET], Wish(piece=f"b:{number}", now=NOW, limit=5)).holds(f"b:{number}")
        for number in range(1, 5)
    ]
    assert granted == [True, False, False, False]


@pytest.mark.parametrize(("before", "after"), [(1, 30), (7, 30), (30, 7)])
def test_a_changed_length_of_the_session_never_ends_in_an_error(spend, before: int, after: int) -> None:
    for hours in range(0, 24 * before * 2, 7):
        now = NOW + timedelta(hours=hours)
        spend(f"a:{hours}", now=now, period=periods.session(NOW, days=before, now=now, zone=UTC))
    for hours in range(24 * before * 2, 24 * before * 2 + 70, 7):
        now = NOW + timedelta(hours=hours)
        assert (
            len(spend(f"b:{hours}", now=now, period=periods.session(NOW, days=after, now=now, zone=UTC)).opened)
            >= 1
        )


def rolling(now: datetime, *, days: int = 7) -> Period:
    return periods.rolling(days=days, now=now, zone=UTC)


def test_in_a_rolling_period_each_read_comes_back_on_its_own(ledger: Ledger, spend) -> None:
    for number in range(5):
        now = NOW + timedelta(days=number)
        spend(f"a:{number}", now=now, period=rolling(now))
    sixth_day, eighth_day = NOW + timedelta(days=5), NOW + timedelta(days=7)
    assert not spend("a:9", now=sixth_day, period=rolling(sixth_day)).holds("a:9")
    counted = ledger.look([READER], now=sixth_day).counted(rolling(sixth_day))
    assert rolling(sixth_day).resets_at(list(counted.values()), limit=5) == eighth_day

    moment_before = eighth_day - timedelta(microseconds=1)
    assert not spend("a:9", now=moment_before, period=rolling(moment_before)).holds("a:9")
    account = spend("a:9", now=eighth_day, period=rolling(eighth_day))
    assert (account.holds("a:9"), account.used(rolling(eighth_day))) == (True, 5)
    assert not spend("a:8", now=eighth_day, period=rolling(eighth_day)).holds("a:8")


def test_a_piece_that_has_aged_out_costs_a_new_read(ledger: Ledger, spend) -> None:
    spend("a:1", period=rolling(NOW))
    later = NOW + timedelta(days=7)
    assert ledger.look([READER], now=later).opened == ()
    account = spend("a:1", now=later, period=rolling(later))
    assert [(one.piece, one.read_at) for one in account.opened] == [("a:1", later)]
    assert ledger.look([READER], now=later).used(rolling(later)) == 1


def test_for_months_on_end_a_rolling_period_never_grants_more_than_its_limit(ledger: Ledger, spend) -> None:
    granted = [
        now
        for now in (NOW + timedelta(hours=9 * number) for number in range(80))
        if spend(f"a:{now}", now=now, period=rolling(now)).holds(f"a:{now}")
    ]
    assert granted[:5] == [NOW + timedelta(hours=9 * number) for number in range(5)]
    within_seven_days = [sum(one - timedelta(days=7) < other <= one for other in granted) for one in granted]
    assert within_seven_days == [1, 2, 3, 4] + [5] * (len(granted) - 4)
    assert len(granted) > 15


def test_a_rolling_day_keeps_what_was_opened_open_for_24_hours(ledger: Ledger, spend) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 3, 28, 12, tzinfo=berlin).astimezone(UTC)  # the day after has 23 hours
    spend("a:1", now=noon, period=periods.rolling(days=1, now=noon, zone=berlin))
    out = noon + timedelta(hours=23)
    its_day = periods.rolling(days=1, now=out, zone=berlin)
    account = ledger.look([READER], now=out)
    assert (account.holds("a:1"), account.used(its_day)) == (True, 0)
    taken = [spend(f"a:{number}", now=out, period=its_day).holds(f"a:{number}") for number in range(1, 8)]
    assert taken == [True] * 6 + [False]


def test_a_period_that_is_shortened_lets_go_of_reads_and_not_of_pieces(ledger: Ledger, spend) -> None:
    for number in range(1, 6):
        spend(f"a:{number}", period=rolling(NOW, days=30))
    later = NOW + timedelta(days=10)
    assert ledger.look([READER], now=later).used(rolling(later)) == 0
    account = spend("a:6", now=later, period=rolling(later))
    assert (account.used(rolling(later)), len(account.opened)) == (1, 6)


def test_a_period_that_is_lengthened_does_not_count_what_has_closed(ledger: Ledger, spend) -> None:
    for number in range(1, 6):
        spend(f"a:{number}", period=periods.day(now=NOW, zone=UTC))
    later = NOW + timedelta(days=5)
    month = periods.month(now=later, zone=UTC)
    assert ledger.look([READER], now=later).opened == ()
    taken = [spend(f"a:{number}", now=later, period=month).holds(f"a:{number}") for number in range(1, 8)]
    assert taken == [True] * 5 + [False] * 2


def test_from_one_kind_of_period_to_another_the_open_reads_are_counted_on(spend) -> None:
    month = periods.month(now=NOW, zone=UTC)
    for number, period in enumerate((PERIOD, rolling(NOW), month, periods.day(now=NOW, zone=UTC), PERIOD), 1):
        assert spend(f"a:{number}", period=period).used(period) == number
    for period in (PERIOD, rolling(NOW), month):
        assert not spend("a:6", period=period).holds("a:6")


def test_the_whole_policy_comes_along(ledger: Ledger, the_owner_sets) -> None:
    values = asdict(Policy(is_on=False, limit=None, period="week", days=9, first_weekday=6, teaser_paragraphs=1))
    the_owner_sets(**{name: value for name, value in values.items() if name != "meter"})
    assert asdict(ledger.look((), now=NOW).policy) == asdict(ledger.look([READER], now=NOW).policy) == values


def test_a_change_past_save_is_seen_as_well(ledger: Ledger, the_owner_sets, committed) -> None:
    the_owner_sets(limit=3)
    assert ledger.look([READER], now=NOW).policy.limit == 3
    with committed():
        Meter.objects.update(limit=4)
    assert ledger.look([READER], now=NOW).policy.limit == 4


@pytest.mark.parametrize("piece", ["a:1 \n2", 'quoted "a"', "статья:1", "x" * 120, "[]"])
def test_any_name_of_a_piece_is_kept_as_it_is(ledger: Ledger, spend, piece: str) -> None:
    moment = NOW + timedelta(microseconds=123_457)
    spend(piece, now=moment)
    assert [(one.piece, one.read_at) for one in ledger.look([READER], now=moment).opened] == [(piece, moment)]


def test_what_is_forgotten_is_gone_or_a_bare_number(ledger: Ledger, spend) -> None:
    for number in range(1, 4):
        spend(f"a:{number}")
        spend(f"a:{number}", reader=OTHER)
    ledger.forget(READER, keep_count=True)
    ledger.forget(OTHER, keep_count=False)
    account = ledger.look([READER], now=NOW)
    assert account.used(PERIOD) == 3
    assert not any(one.piece.startswith("a:") for one in account.opened)
    assert ledger.look([OTHER], now=NOW).opened == ()
    assert spend("a:1").used(PERIOD) == 4
    ledger.forget("c" * 64, keep_count=True)  # who has never been here


def test_two_keys_of_one_reader_share_what_they_opened(ledger: Ledger) -> None:
    account_, device = Sheet(READER, PERIOD), Sheet(OTHER, PERIOD)

    def wish(piece: str, *, limit: int = 3) -> Wish:
        return Wish(piece=piece, now=NOW, limit=limit)

    for piece in ("a:1", "a:2"):
        ledger.spend(ledger.look([OTHER], now=NOW), [device], wish(piece))
    seen = ledger.look([READER, OTHER], now=NOW)
    assert (seen.used(PERIOD), seen.holds("a:1", key=READER)) == (2, False)
    seen = ledger.join(seen, [account_, device], meter=1, now=NOW)
    assert (seen.used(PERIOD), seen.holds("a:1", key=READER)) == (2, True)
    granted = ledger.spend(seen, [account_, device], wish("a:3"))
    assert [granted.holds("a:3", key=key) for key in (READER, OTHER)] == [True, True]
    refused = ledger.spend(ledger.look([READER], now=NOW), [account_], wish("a:4"))
    assert (refused.holds("a:4"), refused.used(PERIOD)) == (False, 3)
    assert ledger.look([OTHER], now=NOW).used(PERIOD) == 3


def test_meters_count_apart_and_what_one_opened_the_other_sees(ledger: Ledger, the_owner_sets) -> None:
    Meter.objects.get_or_create(pk=1)
    Meter.objects.create(pk=2, name="Investigations")

    def take(piece: str, meter: int) -> Account:
        wish = Wish(piece=piece, now=NOW, limit=1, meter=meter)
        return ledger.spend(ledger.look([READER], now=NOW), [SHEET], wish)

    assert [take("a:1", 1).holds("a:1", meter=1), take("a:2", 2).holds("a:2", meter=2)] == [True, True]
    assert [take("a:3", meter).holds("a:3") for meter in (1, 2)] == [False, False]
    account = take("a:1", 2)
    assert (account.holds("a:1"), account.holds("a:1", meter=2)) == (True, False)
    assert [account.used(PERIOD, meter=meter) for meter in (1, 2)] == [1, 1]


def test_the_first_reads_of_an_account_at_once_count_for_each_other(ledger: Ledger) -> None:
    """Each request has found nothing and begins a session of its own, a moment later than the one before."""

    def asked(number: int) -> Callable[[], bool]:
        now, piece = NOW + timedelta(microseconds=number), f"a:{number}"
        account = ledger.look([READER], now=now)
        sheet = Sheet(READER, periods.session_of([], days=30, now=now, zone=UTC))
        wish = Wish(piece=piece, now=now, limit=5)
        return lambda: ledger.spend(account, [sheet], wish).holds(piece)

    waiting = [asked(number) for number in range(8)]
    assert [spend() for spend in waiting] == [True] * 5 + [False] * 3
