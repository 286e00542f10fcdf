"""When the ledger does not answer, or has forgotten its readers: counted, said in the log, shown to the owner.

Counted in the process at first, since the database may be away together with the ledger, and written
by whoever has answered a request, at most once a second.
"""

import atexit
import logging
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic

from django.core.signals import request_finished
from django.db import DatabaseError, InterfaceError, router
from django.db.models import F
from django.utils import timezone

from metering.ledger import LedgerUnavailable, the_ledger
from metering.ledger.reaching_sql import own_writes, question
from metering.models import Outage

SHOWN_FOR = timedelta(hours=24)
EVERY_SECONDS = 1
AGAIN_AFTER_SECONDS = 10
"""So long nothing is written after it could not be."""

FORGOTTEN = (
    "it has been emptied or exchanged, and whoever comes back with the meter's cookie has the free articles anew. "
    "Redis wants appendonly yes and maxmemory-policy noeviction; see docs/operating.md"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How often something happened on a day, and the last time."""

    count: int = 0
    last_at: datetime
    last_error: str

    def __add__(self, later: "Tally") -> "Tally":
        return Tally(count=self.count + later.count, last_at=later.last_at, last_error=later.last_error)


_lock = threading.Lock()
_waiting: dict[tuple[date, str], Tally] = {}
_write_at = 0.0
_unsaid: Counter[str] = Counter()
_say_at: dict[str, float] = {}


def note(away: LedgerUnavailable) -> None:
    """A request has been decided without the ledger."""
    _count(Outage.Kind.AWAY, str(away), logging.ERROR, "The meter's ledger does not answer")


def note_forgotten() -> None:
    """The ledger has given a read to somebody who should have been known to it."""
    _count(Outage.Kind.FORGOTTEN, FORGOTTEN, logging.CRITICAL, "The meter's ledger has forgotten its readers")


def of_late() -> list[Outage]:
    """What failed in the last 24 hours and has been written; one query."""
    return list(Outage.objects.filter(last_at__gt=timezone.now() - SHOWN_FOR))


def present_trouble() -> str:
    """What the ledger answers at this moment instead of an answer; empty where all is well. Asks it."""
    try:
        the_ledger().look((), now=timezone.now())
    except LedgerUnavailable as away:
        return str(away)
    except Exception as error:  # whatever is wrong with it, the owner is to read it
        return f"{type(error).__name__}: {error}"
    return ""


def write() -> int:
    """Adds what was counted to the days; answers how much that was. Raises what the database raises."""
    global _write_at  # noqa: PLW0603  one count for the whole process
    with _lock:
        collected = dict(_waiting)
        _waiting.clear()
        _write_at = monotonic() + EVERY_SECONDS
    try:
        if collected:
            _file(collected)
    except (DatabaseError, InterfaceError, LedgerUnavailable):
        with _lock:
            for key, tally in collected.items():  # another time
                _waiting[key] = tally + _waiting[key] if key in _waiting else tally
            _write_at = monotonic() + AGAIN_AFTER_SECONDS
        raise
    return sum(tally.count for tally in collected.values())


def write_if_due(**kwargs: object) -> None:
    """After an answer has gone out: nobody waits for it."""
    if _waiting and monotonic() >= _write_at:
        with suppress(DatabaseError, InterfaceError, LedgerUnavailable):
            write()


def write_at_the_end() -> None:
    """When the process ends in order; with the database still away, what it counted ends with it."""
    with suppress(Exception):
        write()


def forget() -> None:
    """Drops what was counted and not written, and may speak and write anew."""
    global _write_at  # noqa: PLW0603
    with _lock:
        _waiting.clear()
        _unsaid.clear()
        _say_at.clear()
        _write_at = 0.0


def _count(kind: str, told: str, level: int, words: str) -> None:
    now, moment = timezone.now(), monotonic()
    key = timezone.localdate(now, timezone.get_default_timezone()), kind
    once = Tally(count=1, last_at=now, last_error=told[:300])
    with _lock:
        _waiting[key] = _waiting[key] + once if key in _waiting else once
        _unsaid[kind] += 1
        if moment < _say_at.get(kind, 0.0):
            return
        times, _say_at[kind] = _unsaid.pop(kind), moment + EVERY_SECONDS
    logger.log(level, "%s (×%d): %s", words, times, told)


@question
def _file(collected: dict[tuple[date, str], Tally]) -> None:
    with own_writes(router.db_for_write(Outage)):
        for (day, kind), tally in sorted(collected.items()):  # one order: two processes never wait in a circle
            last = {"last_at": tally.last_at, "last_error": tally.last_error}
            row = Outage.objects.filter(day=day, kind=kind)
            if not row.update(count=F("count") + tally.count, **last):
                # The first of the day: of two at once one makes the row, and both are counted on it.
                Outage.objects.bulk_create([Outage(day=day, kind=kind, **last)], ignore_conflicts=True)
                row.update(count=F("count") + tally.count, **last)


request_finished.connect(write_if_due)
atexit.register(write_at_the_end)
