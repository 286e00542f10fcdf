"""Where a served site can keep its reads: what `served.site` is told to have a database and keys of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import services


@contextmanager
def on_sqlite(folder: Path) -> Iterator[dict[str, str]]:
    yield {"database_url": f"sqlite:///{folder / 'site.sqlite3'}", "METER_LEDGER": "sql"}


@contextmanager
def on_postgresql(folder: Path) -> Iterator[dict[str, str]]:
    with services.postgres_database() as url:
        yield {"database_url": url, "METER_LEDGER": "sql"}


@contextmanager
def on_redis(folder: Path) -> Iterator[dict[str, str]]:
    """The reads in Redis, all else in SQLite."""
    with on_sqlite(folder) as of_the_site, services.redis_keys() as (url, prefix):
        yield of_the_site | {"METER_LEDGER": "redis", "REDIS_URL": url, "REDIS_PREFIX": prefix}
