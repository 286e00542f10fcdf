"""The ledger in the site's own database: exact on SQLite and PostgreSQL without taking a lock."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import count
from typing import Any, cast

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Q, Value
from django.db.models.constants import OnConflict
from django.db.models.functions import Cast, Concat
from django.db.models.sql import InsertQuery, UpdateQuery

from metering.ledger.base import FORGOTTEN, Account, LedgerUnavailable, Opened, Sheet, Wish
from metering.ledger.reaching_sql import execute, own_writes, question
from metering.models import Meter, Read
from metering.periods import WITHOUT_BEGINNING, Rolling
from metering.policy import SITE_METER, Policy

POLICY_COLUMNS = [field.name for field in fields(Policy) if field.name != "meter"]
READ_COLUMNS = ("piece", "read_at", "period_end", "open_until", "reader", "meter_id", "slot", "is_copy")
INSERTED = [field for field in Read._meta.concrete_fields if not field.primary_key]


class ContentionError(LedgerUnavailable):
    """The database kept answering that a slot was taken while showing it as free."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A read as it is to be filed under one key; `limit` is None where it is written whatever the count."""

    sheet: Sheet
    meter: int
    piece: str
    read_at: datetime
    counts_until: datetime
    open_until: datetime
    limit: int | None
    is_copy: bool
    is_registered: bool


class SqlLedger:
    """Reads as rows of `metering.models.Read`."""

    @question
    def look(self, keys: Sequence[str], *, now: datetime) -> Account:
        """One query, whatever there is to know: the owner's policy, and beside it the reader's open pieces.

        The policy comes along because it is a handful of small numbers: a change in the admin reaches
        every process at its next request, and no cache has to be told. The statement is written out
        because every page view asks it, and the ORM would take ten times as long to phrase it.
        """
        database = connections[router.db_for_read(Read)]
        known = [*keys, database.ops.adapt_datetimefield_value(now)] if keys else []
        rows = _found(database, _look_statement(database.alias, len(keys)), [*known, SITE_METER])
        if not rows:
            with own_writes(router.db_for_write(Meter)):  # a new site: the defaults hold, and reads need its row
                Meter.objects.get_or_create(pk=SITE_METER)
            return Account(Policy())
        width = len(POLICY_COLUMNS)
        found = (row[width:] for row in rows if row[width] is not None) if keys else ()
        return Account(_policy_of(*rows[0][:width]), tuple(_opened(*row, database=database) for row in found))

    @question
    def join(self, account: Account, sheets: Sequence[Sheet], *, meter: int, now: datetime) -> Account:
        """One statement for each piece that the first key does not know yet; none where it knows all."""
        first = sheets[0]
        for one in account.missing(first, meter=meter):
            entry = Entry(
                sheet=first,
                meter=meter,
                piece=one.piece,
                read_at=one.read_at,
                counts_until=one.counts_until,
                open_until=one.open_until,
                limit=None,
                is_copy=True,
                is_registered=True,
            )
            account = self._file(account, entry, now=now)
        return account

    @question
    def spend(self, account: Account, sheets: Sequence[Sheet], wish: Wish) -> Account:
        """One statement for each key when nobody else asks at the same moment; a lost race costs three more.

        A conflict means that another request took the slot or opened the same piece, or that a read
        which counts no longer is still filed where this one belongs. Every lost race is a read
        granted to this very reader, so there are at most `limit` of them; what is filed wrongly is
        put away once. In a rolling period that is so often the case that it is done beforehand.
        """
        if account.holds(wish.piece, meter=wish.meter):
            return account
        open_until = max(sheet.period.open_until(wish.now) for sheet in sheets)
        for sheet in sheets:
            entry = Entry(
                sheet=sheet,
                meter=wish.meter,
                piece=wish.piece,
                read_at=wish.now,
                counts_until=sheet.period.counts_until(wish.now),
                open_until=open_until,
                limit=wish.limit if sheet is sheets[0] else None,
                is_copy=wish.is_copy or sheet is not sheets[0],
                is_registered=wish.is_registered,
            )
            account = self._file(account, entry, now=wish.now)
            if not account.holds(wish.piece, key=sheet.key, meter=wish.meter):
                break  # refused under the first key, so the others are not to know of it
        return account

    @question
    def forget(self, key: str, *, keep_count: bool) -> None:
        """One statement. A read whose number is kept has a name that says nothing."""
        rows = Read.objects.filter(reader=key)
        with own_writes(router.db_for_write(Read)):
            if keep_count:
                rows.update(piece=Concat(Value(FORGOTTEN), Cast("pk", CharField())))
            else:
                rows.delete()

    def write_down(self) -> int:
        """Nothing to do: the reads are there."""
        return 0

    def policy_changed(self) -> None:
        """Nothing to do: the policy is read with every look."""

    def _file(self, account: Account, entry: Entry, *, now: datetime) -> Account:
        keys = list({one.key: None for one in account.opened} | {entry.sheet.key: None})
        for attempt in range(len(account.opened) + (entry.limit or 0) + 3):
            slot = free_slot(account, entry)
            if account.holds(entry.piece, key=entry.sheet.key, meter=entry.meter) or slot == FULL:
                return account
            if attempt or isinstance(entry.sheet.period, Rolling):
                self._put_away(account, entry, now=now)
            if self._insert(entry, slot):
                filed = Opened(
                    entry.piece,
                    entry.read_at,
                    entry.counts_until,
                    entry.open_until,
                    entry.sheet.key,
                    entry.meter,
                    slot,
                    entry.is_copy,
                )
                return replace(account, opened=(*account.opened, filed))
            account = self.look(keys, now=now)
        raise ContentionError(f"no slot could be taken for {entry.piece}")

    def _put_away(self, account: Account, entry: Entry, *, now: datetime) -> None:
        """Takes the reads that count no longer out of the file, so that their slots can be taken again.

        A read that counts is never among them, whoever asks at the same moment: one that has closed
        does not open again, and one that is open without counting is named with the time it was made.
        """
        key, period = entry.sheet.key, entry.sheet.period
        counting_no_longer = Q(open_until__lte=now)
        for one in account.opened:
            if one.key == key and one.meter == entry.meter and one.read_at not in period:
                counting_no_longer |= Q(piece=one.piece, read_at=one.read_at)
        filed_here = Read.objects.filter(reader=key, meter_id=entry.meter, period_start=period.filed_under)
        query = cast(UpdateQuery, filed_here.filter(counting_no_longer).query.chain(UpdateQuery))
        query.add_update_values({"period_start": None})
        _written(query)

    def _insert(self, entry: Entry, slot: int | None) -> bool:
        row = Read(
            meter_id=entry.meter,
            reader=entry.sheet.key,
            piece=entry.piece,
            slot=slot,
            period_start=entry.sheet.period.filed_under,
            period_end=entry.counts_until,
            read_at=entry.read_at,
            open_until=entry.open_until,
            is_copy=entry.is_copy,
            is_registered=entry.is_registered,
        )
        # bulk_create(ignore_conflicts=True) does not tell whether the row went in; the row count does.
        query = InsertQuery(Read, on_conflict=OnConflict.IGNORE)
        query.insert_values(INSERTED, [row])
        return _written(query) == 1


def policy_in_the_database() -> Policy:
    """What the owner has set, from where it is at home: one query, in the time that a ledger has."""
    return SqlLedger().look((), now=WITHOUT_BEGINNING).policy


def _found(database: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        execute(cursor, statement, values, writes=False)
        return cursor.fetchall()


def _written(query: InsertQuery | UpdateQuery) -> int:
    """Executes what the ORM has phrased; answers how many rows it concerned."""
    database = connections[router.db_for_write(Read)]
    compiled = query.get_compiler(using=database.alias).as_sql()
    statement, values = compiled[0] if isinstance(compiled, list) else compiled
    with database.cursor() as cursor:
        execute(cursor, statement, values, writes=True)
        return cursor.rowcount


@cache
def _look_statement(alias: str, keys: int) -> str:
    quote = connections[alias].ops.quote_name
    columns = [f"meter.{quote(name)}" for name in POLICY_COLUMNS]
    source, order = f"{quote(Meter._meta.db_table)} meter", ""
    if keys:
        columns += [f"mine.{name}" for name in READ_COLUMNS]
        source += (
            f" LEFT JOIN {quote(Read._meta.db_table)} mine "
            f"ON mine.reader IN ({', '.join(['%s'] * keys)}) AND mine.open_until > %s"
        )
        order = " ORDER BY mine.read_at"
    # Names of our own columns; every value is a parameter.
    return f"SELECT {', '.join(columns)} FROM {source} WHERE meter.id = %s{order}"  # noqa: S608


@lru_cache(maxsize=16)
def _policy_of(*columns: Any) -> Policy:
    """One object as long as the row does not change: it has more columns than are worth a copy each time."""
    return Policy(**dict(zip(POLICY_COLUMNS, columns, strict=True)))


def _opened(
    piece: str,
    read_at: datetime,
    counts_until: datetime,
    open_until: datetime,
    key: str,
    meter: int,
    slot: int | None,
    is_copy: bool,
    *,
    database: BaseDatabaseWrapper,
) -> Opened:
    return Opened(
        piece,
        _aware(read_at, database),
        _aware(counts_until, database),
        _aware(open_until, database),
        key,
        meter,
        slot,
        bool(is_copy),
    )


def _aware(moment: datetime, database: BaseDatabaseWrapper) -> datetime:
    """SQLite hands out naive datetimes where no model field has converted them."""
    return moment if moment.tzinfo else moment.replace(tzinfo=database.timezone)


FULL = 0


def free_slot(account: Account, entry: Entry) -> int | None:
    """The lowest number that no read of the period has: 1 and up, None without a limit, FULL if none is left.

    A copy is written whatever the limit says, and takes a number all the same: whoever has not seen it
    yet stumbles over the number.
    """
    period = entry.sheet.period
    if not entry.is_copy:
        if entry.limit is None:
            return None
        # Reads without a number, made while there was no limit, count as well.
        if account.used(period, meter=entry.meter) >= entry.limit:
            return FULL
    within = account.within(period, meter=entry.meter)
    taken = {one.slot for one in within if one.key == entry.sheet.key}
    return next(number for number in count(1) if number not in taken)
