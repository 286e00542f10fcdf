"""The site as it is really served: gunicorn with two processes of eight threads, on a database of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Site:
    """A running site and the means to ask its database."""

    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Runs a command of the site and answers with what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def ask(self, expression: str) -> str:
        """The value of a Python expression inside the site; `Read`, `Article`, `Comment` are at hand."""
        names = (
            "from metering.models import *; from newsroom.articles.models import *; from comments.models import *"
        )
        return self.manage("shell", "-v", "0", "-c", f"{names}; print({expression})").strip()


@contextmanager
def site(
    database_url: str, *, processes: int = 2, threads: int = 8, prepare: str = "", **environ: str
) -> Iterator[Site]:
    """Migrates, runs `prepare` inside the site, serves, and stops what it started."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url,
        "SITE_URL": "http://127.0.0.1",
        **environ,
    }
    running = Site(f"http://127.0.0.1:{free_port()}", environment)
    running.manage("migrate", "-v", "0")
    if prepare:
        running.manage("shell", "-v", "0", "-c", prepare)
    command = [
        *(sys.executable, "-m", "gunicorn", "newsroom.wsgi", "--bind", running.url.removeprefix("http://")),
        *("--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads)),
        *("--log-level", "error", "--graceful-timeout", "5", "--no-control-socket"),
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_until_up(running.url, server)
        yield running
    finally:
        server.terminate()
        server.wait(timeout=15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(url: str, server: subprocess.Popen, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            if httpx.get(f"{url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not come up within {seconds} s")
