"""The three places where reads can be kept, each made for one measurement and gone after it.

`python -m benchmarks.stores gate` runs `benchmarks.gate.measure` where `DATABASE_URL` and `METER_LEDGER` point.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests import ledgers
from tests.served import ROOT

STORES = {"SQLite": ledgers.on_sqlite, "PostgreSQL": ledgers.on_postgresql, "Redis": ledgers.on_redis}


def in_each(act: Callable[[str, dict[str, str]], None], *, only: str = "") -> None:
    """Calls `act` with the name of each store and what `served.site` is told of it; says which are absent."""
    for name, store in STORES.items():
        if only and name != only:
            continue
        sys.stdout.flush()  # what other processes print comes after it
        try:
            with TemporaryDirectory(prefix="newsroom-bench-") as folder, store(Path(folder)) as site:
                act(name, site)
        except pytest.skip.Exception as absent:
            print(f"{name:<12}left out: {absent}")


def measure_in_each(part: str, *, only: str = "") -> None:
    """Runs a part once for each store, in a process of its own: a process has one database and one ledger."""

    def measure(_name: str, site: Mapping[str, str]) -> None:
        environment = {"DATABASE_URL" if key == "database_url" else key: value for key, value in site.items()}
        command = [sys.executable, "-m", "benchmarks.stores", part]
        subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True)

    in_each(measure, only=only)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    importlib.import_module(f"benchmarks.{sys.argv[1]}").measure()
