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

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def missing(what: str, *, required_by: str) -> None:
    """Skips the test, or fails it where the environment says that this must be there."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{what}, and {required_by}=1 says that it must be there")
    pytest.skip(f"{what}; set {required_by}=1 to make this a failure")


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
