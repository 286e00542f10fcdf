"""The ledgers: where it is written down who has opened what."""

from functools import cache

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from metering.conf import conf
from metering.ledger.base import Account, Ledger, LedgerUnavailable, Opened, Sheet, Wish
from metering.ledger.breaker import Breaker

__all__ = ["Account", "Ledger", "LedgerUnavailable", "Opened", "Sheet", "Wish", "the_ledger"]

BUILT_IN = {"sql": "metering.ledger.sql.SqlLedger", "redis": "metering.ledger.redis.RedisLedger"}


@cache
def the_ledger() -> Breaker:
    """The ledger that the host's settings name, one per process."""
    name = conf().ledger
    return Breaker(import_string(BUILT_IN.get(name, name))())


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "METERING":
        the_ledger.cache_clear()


setting_changed.connect(_forget)
