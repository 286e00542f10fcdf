"""The ledger in the site's own database: exact on SQLite and PostgreSQL without taking a lock."""

from dataclasses import fields, replace
from datetime import datetime
from functools import cache

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from metering.ledger.base import Account, Opened
from metering.models import SITE_METER, Meter, Read
from metering.periods import Period, Rolling
from metering.policy import Policy

POLICY_COLUMNS = [field.name for field in fields(Policy)]
INSERTED = [field for field in Read._meta.concrete_fields if not field.primary_key]


class ContentionError(RuntimeError):
    """The database kept answering that a slot was taken while showing it as free."""


class SqlLedger:
    """Reads as rows of `metering.models.Read`."""

    def look(self, reader: str | None, *, now: datetime) -> Account:
        """One query, whatever there is to know: the owner's policy, and beside it the reader's open pieces.

        The policy comes along because it is a handful of small numbers: a change in the admin reaches
        every process at its next request, and no cache has to be told. The statement is written out
        because every page view asks it, and the ORM would take ten times as long to phrase it.
        """
        database = connections[router.db_for_read(Read)]
        with database.cursor() as cursor:
            cursor.execute(
                _look_statement(database.alias), [reader, database.ops.adapt_datetimefield_value(now), SITE_METER]
            )
            rows = cursor.fetchall()
        if not rows:
            Meter.objects.get_or_create(pk=SITE_METER)  # a new site: the defaults hold, and reads need its row
            return Account(Policy())
        width = len(POLICY_COLUMNS)
        policy = Policy(**dict(zip(POLICY_COLUMNS, rows[0][:width], strict=True)))
        opened = (
            Opened(piece, _aware(read_at, database), slot)
            for *_, piece, read_at, slot in rows
            if piece is not None
        )
        return Account(policy, tuple(opened))

    def spend(self, account: Account, *, reader: str, piece: str, period: Period, now: datetime) -> Account:
        """One statement when nobody else asks at the same moment; each lost race costs three more.

        A conflict means that another request took the slot or opened the same piece, or that a read
        which counts no longer is still filed where this one belongs. Every lost race is a read
        granted to this very reader, so there are at most `limit` of them; what is filed wrongly is
        put away once. In a rolling period that is so often the case that it is done beforehand.
        """
        for attempt in range((account.policy.limit or 0) + 3):
            slot = free_slot(account, period)
            if account.holds(piece) or slot == FULL:
                return account
            if attempt or isinstance(period, Rolling):
                self._put_away(account, reader=reader, period=period, now=now)
            if self._insert(reader=reader, piece=piece, slot=slot, period=period, now=now):
                return replace(account, opened=(*account.opened, Opened(piece, now, slot)))
            account = self.look(reader, now=now)
        raise ContentionError(f"no slot could be taken for {piece}")

    def policy_changed(self) -> None:
        """Nothing to do: the policy is read with every look."""

    def _put_away(self, account: Account, *, reader: str, period: Period, now: datetime) -> None:
        """Takes the reads that count no longer out of the file, so that their slots can be taken again.

        A read that counts is never among them, whoever asks at the same moment: one that has closed
        does not open again, and one that is open without counting is named with the time it was made.
        """
        counting_no_longer = Q(open_until__lte=now)
        for one in account.opened:
            if one.read_at not in period:
                counting_no_longer |= Q(piece=one.piece, read_at=one.read_at)
        filed_here = Read.objects.filter(meter_id=SITE_METER, reader=reader, period_start=period.start)
        filed_here.filter(counting_no_longer).update(period_start=None)

    def _insert(self, *, reader: str, piece: str, slot: int | None, period: Period, now: datetime) -> bool:
        row = Read(
            meter_id=SITE_METER,
            reader=reader,
            piece=piece,
            slot=slot,
            period_start=period.start,
            period_end=period.counts_until(now),
            read_at=now,
            open_until=period.open_until(now),
        )
        # bulk_create(ignore_conflicts=True) does not tell whether the row went in; the row count does.
        database = router.db_for_write(Read)
        query = InsertQuery(Read, on_conflict=OnConflict.IGNORE)
        query.insert_values(INSERTED, [row])
        [(statement, values)] = query.get_compiler(using=database).as_sql()
        with connections[database].cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.rowcount == 1


@cache
def _look_statement(alias: str) -> str:
    database = connections[alias]
    quote = database.ops.quote_name
    policy = ", ".join(f"meter.{quote(name)}" for name in POLICY_COLUMNS)
    return (
        f"SELECT {policy}, mine.piece, mine.read_at, mine.slot FROM {quote(Meter._meta.db_table)} meter "  # noqa: S608
        f"LEFT JOIN {quote(Read._meta.db_table)} mine "  # names of our own columns; every value is a parameter
        "ON mine.meter_id = meter.id AND mine.reader = %s AND mine.open_until > %s "
        "WHERE meter.id = %s ORDER BY mine.read_at"
    )


def _aware(moment: datetime, database: BaseDatabaseWrapper) -> datetime:
    """SQLite hands out naive datetimes where no model field has converted them."""
    return moment if moment.tzinfo else moment.replace(tzinfo=database.timezone)


FULL = 0


def free_slot(account: Account, period: Period) -> int | None:
    """The lowest number that no read of the period has: 1 and up, None without a limit, FULL if none is left."""
    limit = account.policy.limit
    if limit is None:
        return None
    within = account.within(period)
    if len(within) >= limit:
        return FULL
    taken = {one.slot for one in within}  # reads without a number, made while there was no limit, count as well
    return next(number for number in range(1, limit + 1) if number not in taken)
