"""Requests through Django's WSGI handler in this process, and what they cost: CPU time, statements."""

import io
import statistics
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

ROUNDS, PER_ROUND = 15, 40
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def site(middleware: list[str]) -> WSGIHandler:
    """The site behind this middleware."""
    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler()


def get(site: WSGIHandler, address: str, cookies: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """One request through a WSGI handler: the body, and the cookies that a browser would have now.

    Raises `RuntimeError` for any answer but 200: an error would be measured as if it were the page.
    """
    told: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        told["status"], told["headers"] = int(status.split(maxsplit=1)[0]), headers

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "HTTP_HOST": "testserver",
        "HTTP_USER_AGENT": USER_AGENT,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    response = site(environ, start_response)
    body = b"".join(response)
    response.close()
    if told["status"] != 200:
        raise RuntimeError(f"{address} answered {told['status']}")
    kept = dict(cookies)
    for name, value in told["headers"]:
        if name == "Set-Cookie":
            kept |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
    return body, kept


def in_turns(*acts: Callable[[], Any]) -> list[float]:
    """Median CPU seconds per call of each, measured in alternating rounds after a warm-up."""
    times: list[list[float]] = [[] for _ in acts]
    for act in acts:
        for _ in range(PER_ROUND):
            act()
    for _ in range(ROUNDS):
        for act, taken in zip(acts, times, strict=True):
            start = time.process_time()
            for _ in range(PER_ROUND):
                act()
            taken.append((time.process_time() - start) / PER_ROUND)
    return [statistics.median(taken) for taken in times]


def queries(act: Callable[[], Any], *, cold: bool = False) -> int:
    """How many statements it takes; `cold`: with empty caches."""
    if cold:
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
