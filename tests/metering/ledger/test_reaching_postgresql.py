"""Statements of the ledger's on PostgreSQL: limited each by itself, and nothing of the host's is touched."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import environ
import psycopg
import pytest
from django.db import ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from metering.ledger import LedgerUnavailable
from metering.ledger.reaching_sql import execute, question
from tests import services

SECONDS = 0.3
HOSTS_OWN = "7s"

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def database(settings) -> Iterator[BaseDatabaseWrapper]:
    """A host's connection, with a table in it and a limit that the host has set for itself."""
    settings.METERING = settings.METERING | {"LEDGER_SECONDS": SECONDS}
    with services.postgres_database() as url:
        connection = ConnectionHandler({"default": environ.Env.db_url_config(url)})["default"]
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{HOSTS_OWN}'; CREATE TABLE hosts_own (number int UNIQUE)")
        yield connection
        connection.close()


def limit(database: BaseDatabaseWrapper) -> str:
    with database.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return cursor.fetchone()[0]


@question
def ask(database: BaseDatabaseWrapper, statement: str, *values: object) -> list[tuple[object, ...]]:
    with database.cursor() as cursor:
        execute(cursor, statement, values, writes=False)
        return cursor.fetchall()


@question
def write(database: BaseDatabaseWrapper, statement: str, *values: object) -> int:
    with database.cursor() as cursor:
        execute(cursor, statement, values, writes=True)
        return cursor.rowcount


@contextmanager
def unavailable(told: str) -> Iterator[None]:
    asked = time.monotonic()
    with pytest.raises(LedgerUnavailable, match=told):
        yield
    assert SECONDS * 0.9 < time.monotonic() - asked < SECONDS + 0.7


def test_a_statement_has_its_own_limit_and_the_hosts_stays(database) -> None:
    [(during, value)] = ask(database, "SELECT current_setting('statement_timeout'), %s", "50 %")
    assert value == "50 %"
    assert 0 < int(during.removesuffix("ms")) <= SECONDS * 1000
    assert limit(database) == HOSTS_OWN
    with unavailable("statement timeout"):
        ask(database, "SELECT pg_sleep(%s)", 30)
    assert limit(database) == HOSTS_OWN


def test_a_question_of_many_statements_has_one_limit(database) -> None:
    @question
    def ask_often() -> None:
        for _ in range(10):
            ask(database, "SELECT pg_sleep(%s)", SECONDS * 0.4)

    with unavailable("statement timeout"):
        ask_often()


def test_within_a_transaction_of_the_hosts_a_statement_that_fails_leaves_it_usable(database) -> None:
    database.set_autocommit(False)
    with database.cursor() as hosts:
        hosts.execute("INSERT INTO hosts_own VALUES (1)")
        assert write(database, "INSERT INTO hosts_own VALUES (%s)", 2) == 1
        [(during,)] = ask(database, "SELECT current_setting('statement_timeout')")
        assert 0 < int(during.removesuffix("ms")) <= SECONDS * 1000
        assert limit(database) == HOSTS_OWN
        with unavailable("statement timeout"):
            ask(database, "SELECT pg_sleep(%s)", 30)
        assert limit(database) == HOSTS_OWN
        hosts.execute("INSERT INTO hosts_own VALUES (3)")
    database.commit()
    database.set_autocommit(True)
    assert ask(database, "SELECT number FROM hosts_own ORDER BY number") == [(1,), (2,), (3,)]


def test_how_many_rows_were_written_is_told_with_and_without_a_transaction(database) -> None:
    statement = "INSERT INTO hosts_own VALUES (%s) ON CONFLICT DO NOTHING"
    assert [write(database, statement, 1), write(database, statement, 1)] == [1, 0]
    database.set_autocommit(False)
    assert [write(database, statement, 2), write(database, statement, 2)] == [1, 0]


def test_a_locked_table_is_waited_for_only_so_long(database) -> None:
    where = {name: database.get_connection_params()[name] for name in ("dbname", "user", "host", "port")}
    with psycopg.connect(**where) as other:
        other.execute("LOCK TABLE hosts_own IN ACCESS EXCLUSIVE MODE")
        for autocommit in (True, False):
            database.set_autocommit(autocommit)
            with unavailable("statement timeout"):
                ask(database, "SELECT number FROM hosts_own")
    assert ask(database, "SELECT number FROM hosts_own") == []


def test_what_will_not_pass_stays_an_error(database) -> None:
    with pytest.raises(ProgrammingError, match="nowhere"):
        ask(database, "SELECT 1 FROM nowhere")
    with database.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    with pytest.raises(LedgerUnavailable, match="read-only"):  # a replica, after a failover
        write(database, "INSERT INTO hosts_own VALUES (1)")


def test_a_connection_that_breaks_is_an_absence(database) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    with psycopg.connect(services.POSTGRES, autocommit=True) as by_hand:
        by_hand.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(LedgerUnavailable):
        ask(database, "SELECT 1")
    database.close_if_unusable_or_obsolete()  # as Django does after each request
    assert ask(database, "SELECT 1") == [(1,)]


def test_where_statements_are_bound_by_the_server_they_are_asked_as_they_are(database) -> None:
    database.settings_dict["OPTIONS"] = {"server_side_binding": True}
    database.features.__dict__.pop("uses_server_side_binding", None)
    database.close()
    assert ask(database, "SELECT %s::int", 5) == [(5,)]
