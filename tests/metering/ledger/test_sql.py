"""What only the ledger in the site's own database does: it keeps the rows of what has aged out."""

from datetime import UTC, datetime, timedelta

import pytest

from metering import periods
from metering.ledger import Sheet, Wish
from metering.ledger.sql import SqlLedger
from metering.models import Read

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_slots_come_back_and_rows_stay() -> None:
    ledger = SqlLedger()
    for now in (NOW, NOW + timedelta(days=7)):
        period = periods.rolling(days=7, now=now, zone=UTC)
        for number in range(1, 6):
            account = ledger.look(["a" * 64], now=now)
            ledger.spend(account, [Sheet("a" * 64, period)], Wish(piece=f"a:{number}", now=now, limit=5))
    rows = list(Read.objects.order_by("pk").values_list("piece", "slot", "period_start", "read_at"))
    assert rows == [
        *((f"a:{slot}", slot, None, NOW) for slot in range(1, 6)),
        *((f"a:{slot}", slot, periods.WITHOUT_BEGINNING, NOW + timedelta(days=7)) for slot in range(1, 6)),
    ]
