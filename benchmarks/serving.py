"""Starts a server on loopback, asks it a bounded number of times, and reads what that cost it."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.served import ROOT, free_port, wait_until_up

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time of the server and its workers so far."""
        family = [self.pid, *map(int, Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split())]
        return (
            sum(
                sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
                for pid in family
            )
            / TICKS
        )


@contextmanager
def server(
    application: str = "newsroom.wsgi", *, workers: int = 1, threads: int = 4, **environment: str
) -> Iterator[Server]:
    port = free_port()
    command = [
        *(
            sys.executable,
            "-m",
            "gunicorn",
            application,
            "--bind",
            f"127.0.0.1:{port}",
            "--log-level",
            "error",
        ),
        *(
            "--worker-class",
            "gthread",
            "--workers",
            str(workers),
            "--threads",
            str(threads),
            "--no-control-socket",
        ),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=15)


def first_visit(server: Server, address: str) -> tuple[bytes, str]:
    """The page, and the cookies that a browser sends from then on."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", address)
    answer = connection.getresponse()
    body = answer.read()
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
    connection.close()
    return body, "; ".join(cookies)


def page(server: Server, address: str, cookies: str) -> bytes:
    """The page as a browser with these cookies gets it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", address, headers={"Cookie": cookies})
    body = connection.getresponse().read()
    connection.close()
    return body


def load(server: Server, address: str, cookies: str, requests: int, browsers: int) -> tuple[float, float]:
    """Asks for a page so many times over kept connections: requests a second, and server CPU seconds each."""

    def browse(_number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for _ in range(requests // browsers):
            connection.request("GET", address, headers={"Cookie": cookies})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{address} answered {answer.status}")
        connection.close()

    before, start = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(browsers) as pool:
        list(pool.map(browse, range(browsers)))
    taken = time.perf_counter() - start
    return requests / taken, (server.cpu_seconds() - before) / requests
