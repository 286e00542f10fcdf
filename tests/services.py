"""The servers that some tests need: found, or the test is skipped with a reason, or it fails.

With `REQUIRE_SERVICES=1` and `REQUIRE_BROWSER=1` nothing is skipped. Every test gets a database of
its own, dropped at the end.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from kombu import Connection
from redis import ConnectionError, Redis

BROKERS = {
    "rabbitmq": os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15"),
}
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def missing(what: str, *, required_by: str) -> None:
    """Skips the test, or fails it where the environment says that this must be there."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{what}, and {required_by}=1 says that it must be there")
    pytest.skip(f"{what}; set {required_by}=1 to make this a failure")


@contextmanager
def broker_queue(kind: str) -> Iterator[tuple[str, str]]:
    """The URL of a broker, `rabbitmq` or `redis`, and a queue of the test's own; deleted when the block ends."""
    queue = f"newsroom-test-{uuid.uuid4().hex[:12]}"
    with Connection(BROKERS[kind], connect_timeout=3) as broker:
        try:
            broker.ensure_connection(max_retries=1, interval_start=0)
        except broker.connection_errors as error:
            missing(f"{kind} does not answer ({error})", required_by="REQUIRE_SERVICES")
        try:
            yield BROKERS[kind], queue
        finally:
            with broker.channel() as channel:
                if kind == "redis":  # every key of the site starts with the name of its queue
                    for key in channel.client.scan_iter(f"{queue}:*"):
                        channel.client.delete(key)
                else:
                    channel.queue_delete(queue)


@contextmanager
def redis_keys() -> Iterator[tuple[str, str]]:
    """The URL of a Redis and a prefix for the test's own keys; they are deleted when the block ends."""
    prefix = f"newsroom-test-{uuid.uuid4().hex[:12]}:"
    with Redis.from_url(BROKERS["redis"], socket_connect_timeout=3) as server:
        try:
            server.ping()
        except ConnectionError as error:
            missing(f"Redis does not answer ({error})", required_by="REQUIRE_SERVICES")
        try:
            yield BROKERS["redis"], prefix
        finally:
            for key in server.scan_iter(f"{prefix}*"):
                server.delete(key)


@contextmanager
def postgres_database() -> Iterator[str]:
    """The URL of a new, empty database; dropped when the block ends."""
    name = f"newsroom_test_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        missing(f"PostgreSQL does not answer ({str(error).splitlines()[0]})", required_by="REQUIRE_SERVICES")
        raise AssertionError("not reached") from error
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
