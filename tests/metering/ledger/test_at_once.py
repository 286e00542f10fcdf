"""Spends of one reader from many threads at the same moment, each over a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from metering import periods
from metering.ledger import Account, Ledger, Sheet, Wish
from metering.periods import Period

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READER = "a" * 64
KINDS: dict[str, Callable[[datetime], Period]] = {
    "session": lambda now: periods.session(NOW - timedelta(days=40), days=30, now=now, zone=UTC),
    "day": lambda now: periods.day(now=now, zone=UTC),
    "week": lambda now: periods.week(first_weekday=0, now=now, zone=UTC),
    "month": lambda now: periods.month(now=now, zone=UTC),
    "rolling": lambda now: periods.rolling(days=7, now=now, zone=UTC),
}

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.parametrize("kind", KINDS),
]


def at_once(ledger: Ledger, pieces: list[str], period: Period) -> list[Account]:
    """Each piece is spent by a thread of its own; all have looked before the first one spends."""
    start = Barrier(len(pieces))

    def spend(piece: str) -> Account:
        try:
            account = ledger.look([READER], now=NOW)
            start.wait()
            return ledger.spend(account, [Sheet(READER, period)], Wish(piece=piece, now=NOW, limit=5))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pieces)) as threads:
        return list(threads.map(spend, pieces))


def a_past(ledger: Ledger, kind: str) -> None:
    """Five reads of an earlier period: in a rolling one they are what holds the slots."""
    long_ago = NOW - timedelta(days=35)
    for number in range(1, 6):
        account = ledger.look([READER], now=long_ago)
        period = KINDS[kind](long_ago)
        ledger.spend(account, [Sheet(READER, period)], Wish(piece=f"a:{number}", now=long_ago, limit=5))


def test_of_sixteen_pieces_at_once_five_are_granted(ledger: Ledger, kind: str) -> None:
    a_past(ledger, kind)
    pieces = [f"a:{number}" for number in range(1, 17)]
    accounts = at_once(ledger, pieces, KINDS[kind](NOW))
    assert sum(account.holds(piece) for account, piece in zip(accounts, pieces, strict=True)) == 5
    assert len(ledger.look([READER], now=NOW).opened) == 5


def test_sixteen_tabs_of_one_piece_are_one_read(ledger: Ledger, kind: str) -> None:
    a_past(ledger, kind)
    accounts = at_once(ledger, ["a:1"] * 16, KINDS[kind](NOW))
    assert [account.holds("a:1") for account in accounts] == [True] * 16
    assert ledger.look([READER], now=NOW).used(KINDS[kind](NOW)) == 1
