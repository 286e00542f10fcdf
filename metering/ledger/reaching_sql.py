"""Reaching the database within the time of a question; the host's limits and transaction stay as they were."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from metering.ledger import timebox

BUSY_OR_BROKEN = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
"""What passes. SQLite calls a missing table an operational error as well."""

READ_ONLY = "25006"
"""What PostgreSQL answers to a write on a replica, after a failover."""

KEEP_LIMIT = "SELECT set_config('metering.kept', current_setting('statement_timeout'), true)"
GIVE_BACK_LIMIT = "SELECT set_config('statement_timeout', current_setting('metering.kept'), true)"


def is_away(error: Exception) -> bool:
    """Will it pass? A table that is missing or may not be read will not."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in BUSY_OR_BROKEN
    return not isinstance(error, InternalError) or getattr(cause, "sqlstate", None) == READ_ONLY


question = timebox.question((OperationalError, InterfaceError, InternalError), is_away)
"""For what is asked of the database: `LedgerUnavailable` where that is away, or busy for too long."""


def can_limit(database: Any) -> bool:
    """Can a statement be told how long it may take? On any other database the meter waits as long as the host."""
    if database.vendor == "postgresql":
        return hasattr(database.Database, "ClientCursor") and not database.features.uses_server_side_binding
    return database.vendor == "sqlite"


def execute(cursor: CursorWrapper, statement: str, values: Sequence[Any], *, writes: bool) -> None:
    """Executes one statement of the ledger's in what is left of the question; the cursor has its rows afterwards.

    PostgreSQL is told in the same round trip, and for this statement only. Within a transaction of the
    host's there is a savepoint around it, so a statement that fails leaves that transaction usable.
    In SQLite only writes wait, for other writers, and as long as the connection has been told; so it is
    told something else meanwhile.
    """
    database = cursor.db
    if not can_limit(database) or (database.vendor == "sqlite" and not writes):
        cursor.execute(statement, values)
    elif database.vendor == "sqlite":
        with _patience_of(database):
            cursor.execute(statement, values)
    elif database.autocommit:
        cursor.execute(f"{_limit()}; {statement}", values)
        cursor.cursor.nextset()
    else:
        _within_transaction(cursor, statement, values)


@contextmanager
def own_writes(using: str) -> Iterator[None]:
    """A block of the meter's writes, all or none, within the question; raises what the database raises."""
    database = connections[using]
    if not can_limit(database):
        with transaction.atomic(using=using):
            yield
    elif database.vendor == "sqlite":
        database.ensure_connection()
        with _patience_of(database), transaction.atomic(using=using):
            yield
    else:
        is_nested = not database.get_autocommit()
        with transaction.atomic(using=using), database.cursor() as cursor:
            cursor.execute(f"{KEEP_LIMIT}; {_limit()}")
            yield
            if is_nested:
                cursor.execute(GIVE_BACK_LIMIT)


def _limit() -> str:
    return f"SET LOCAL statement_timeout = {timebox.milliseconds_left()}"


def _within_transaction(cursor: CursorWrapper, statement: str, values: Sequence[Any]) -> None:
    before = f"SAVEPOINT metering; {KEEP_LIMIT}; {_limit()}"
    try:
        cursor.execute(f"{before}; {statement}; {GIVE_BACK_LIMIT}; RELEASE SAVEPOINT metering", values)
    except DatabaseError:
        with suppress(DatabaseError, InterfaceError):  # the limit goes back with the savepoint
            cursor.execute("ROLLBACK TO SAVEPOINT metering; RELEASE SAVEPOINT metering")
        raise
    for _ in before.split(";"):
        cursor.cursor.nextset()


@contextmanager
def _patience_of(database: BaseDatabaseWrapper) -> Iterator[None]:
    """How long the SQLite connection waits for another writer."""
    connection = database.connection
    with database.wrap_database_errors:
        [kept] = connection.execute("PRAGMA busy_timeout").fetchone()
        connection.execute(f"PRAGMA busy_timeout = {timebox.milliseconds_left()}")
    try:
        yield
    finally:
        with database.wrap_database_errors:
            connection.execute(f"PRAGMA busy_timeout = {kept}")
