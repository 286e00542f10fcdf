"""The simulator over a million reads, in seconds, on SQLite and PostgreSQL: `python -m benchmarks simulator`."""

import hashlib
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from operator import itemgetter

READS, PIECES = 1_000_000, 5_000
MONTH = timedelta(days=30)
DAYS_OF = {"session": 30, "rolling": 7}
LIMIT, REGISTERED_LIMIT, TRIES_AT_WALLS = 10, 15, 3
BAR_SECONDS = 5.0


def run() -> None:
    import pytest

    from tests import services

    print(f"{READS:,} reads of 30 days, out of the database and replayed under two policies")
    on("SQLite", f"sqlite:///{os.environ['BENCH_FOLDER']}/simulator.sqlite3")
    try:
        with services.postgres_database() as url:
            on("PostgreSQL", url)
    except pytest.skip.Exception as why:
        print(f"  PostgreSQL: {why}")


def on(name: str, url: str) -> None:
    """In processes of their own: this one has its database already, and what fills the table takes much memory."""
    print(f"  {name}", flush=True)
    for step in ("fill", "measure"):
        command = [sys.executable, "-m", "benchmarks.simulator", step]
        subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=True)


def measure() -> None:
    from django.utils import timezone

    from metering import periods, statistics
    from metering.policy import Policy

    now = timezone.now()
    timed("reading the rows alone", lambda: sum(1 for _ in statistics.known_demand(1, since=now - MONTH)))
    for kind in periods.KINDS:
        present = Policy(limit=LIMIT, registered_limit=REGISTERED_LIMIT, period=kind, days=DAYS_OF.get(kind, 30))
        proposed = replace(present, limit=LIMIT // 2)
        seconds = timed(
            f"{kind}, {present.days} days" if kind in DAYS_OF else kind,
            lambda proposed=proposed, present=present: statistics.simulation(proposed, present=present, now=now),
        )
        if seconds > BAR_SECONDS:
            print(f"      MISSED: at most {BAR_SECONDS} s")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"    {'memory of the process at most':<36}{most:>8} MB")


def timed(what: str, work: Callable[[], object]) -> float:
    """Seconds on the clock, and beside them those of this process: on a busy machine the clock says little."""
    start, own = time.perf_counter(), time.process_time()
    work()
    seconds, own = time.perf_counter() - start, time.process_time() - own
    print(f"    {what:<36}{seconds:>8.2f} s, {own:.2f} s of this process", flush=True)
    return seconds


def fill() -> None:
    """A month of readers: most come once or twice, few read on until they meet walls; one in ten is registered."""
    from django.core.management import call_command
    from django.utils import timezone

    from metering.models import Meter

    call_command("migrate", verbosity=0)
    Meter.objects.create(pk=1)
    now = timezone.now()
    chance = random.Random(5)
    reads: list[dict[str, object]] = []
    walls: list[dict[str, object]] = []
    readers = 0
    while len(reads) < READS:
        readers += 1
        reader = hashlib.sha256(b"%d" % readers).hexdigest()
        is_registered = chance.random() < 0.1
        limit = REGISTERED_LIMIT if is_registered else LIMIT
        pieces = chance.sample(range(PIECES), min(int(chance.paretovariate(1.1)), limit + TRIES_AT_WALLS))
        moments = sorted(now - MONTH * chance.random() for _ in pieces)
        for number, (piece, at) in enumerate(zip(pieces, moments, strict=True), start=1):
            asked = {"reader": reader, "piece": f"articles.article:{piece}", "is_registered": is_registered}
            if number <= limit:
                reads.append(asked | {"read_at": at, "slot": number})
            else:
                walls.append(asked | {"met_at": at, "code": f"{len(walls):012}"})
    reads.sort(key=itemgetter("read_at"))  # as they come in life: by time, not by reader
    later = now + MONTH
    insert(
        "metering_read",
        reads,
        meter_id=1,
        period_start=now - MONTH,
        period_end=later,
        open_until=later,
        is_copy=False,
    )
    insert(
        "metering_wall",
        walls,
        meter_id=1,
        rule="",
        reason="paywall",
        resets_at=later,
        forget_at=later,
        is_observed=False,
        facts="{}",
        account="",
    )
    print(f"    {len(reads):,} reads and {len(walls):,} walls of {readers:,} readers")


def insert(table: str, rows: Iterable[dict[str, object]], **same: object) -> None:
    """Written out, because the ORM would take minutes."""
    from django.db import connection, transaction

    def stored(value: object) -> object:
        return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value

    same = {name: stored(value) for name, value in same.items()}
    full = ({name: stored(value) for name, value in row.items()} | same for row in rows)
    first = next(full)
    statement = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join(['%s'] * len(first))})"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, [tuple(row.values()) for row in chain([first], full)])


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    {"fill": fill, "measure": measure}[sys.argv[1]]()
