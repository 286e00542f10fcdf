"""The servers that some tests need: found, or the test is skipped with a reason, or it fails.

With `REQUIRE_SERVICES=1` and `REQUIRE_BROWSER=1` nothing is skipped. Every test gets a database of
its own, dropped at the end.
"""

import os
import shutil
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from kombu import Connection
from redis import ConnectionError, Redis

from tests import served

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


class OwnRedis:
    """A Redis that the test starts, ends and starts again; nothing is kept from one start to the next."""

    def __init__(self, program: str, folder: Path, *options: str) -> None:
        self.folder = folder
        self._command = [program, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", *options]
        self._process: subprocess.Popen[bytes] | None = None
        self.port = served.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self, *options: str) -> None:
        command = [*self._command, "--port", str(self.port), *options]
        self._process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as asking:
                asking.sendall(b"PING\r\n")
                if asking.recv(100).startswith((b"+PONG", b"-NOAUTH")):
                    return
            time.sleep(0.05)
        raise TimeoutError(f"the Redis on port {self.port} did not come up")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None


@contextmanager
def own_redis(*options: str) -> Iterator[OwnRedis]:
    """A Redis of the test's own on a free port, running; ended when the block ends."""
    program = shutil.which("redis-server")
    if program is None:
        missing("there is no redis-server to start", required_by="REQUIRE_SERVICES")
        raise AssertionError("not reached")
    with TemporaryDirectory(prefix="newsroom-redis-") as folder:
        server = OwnRedis(program, Path(folder), *options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def silent_server() -> Iterator[socket.socket]:
    """A server that lets everybody connect and never says a word; who has connected can be accepted from it."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        listening.setblocking(False)
        yield listening


def url_of(listening: socket.socket) -> str:
    """Where a client would look for a Redis there."""
    return f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


@contextmanager
def in_front_of(port: int, *, answers_after: float) -> Iterator[int]:
    """The port of a go-between that hands on at once what it is asked, and so many seconds later each answer."""

    def hand_on(source: socket.socket, target: socket.socket, seconds: float) -> None:
        with suppress(OSError), source, target:
            while said := source.recv(65536):
                time.sleep(seconds)
                target.sendall(said)

    def take_calls(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                asker, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", port))
                for ways in ((asker, server, 0.0), (server, asker, answers_after)):
                    threading.Thread(target=hand_on, args=ways, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=take_calls, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
