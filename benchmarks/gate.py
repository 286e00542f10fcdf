"""What the gate adds to a request on a re-read, beside the whole request of a bare Django view.

Both behind the site's own middleware, in one process and in turns, through Django's WSGI handler
without a socket: CPU time of this process. The bare view returns a constant.
"""

from collections.abc import Callable
from functools import partial
from itertools import cycle

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client

from benchmarks import asking, content, stores
from benchmarks.urls import KEPT
from metering.conf import conf
from newsroom.accounts.models import User
from newsroom.subscriptions.models import Subscription

READERS, ARTICLES = 1500, 3
"""Readers take turns, so that nothing which is kept of a single one flatters the gate."""


def run() -> None:
    print("the gate on a re-read beside a bare view's request, same middleware, one process (CPU, ms)")
    print("  gate: added to a view that has its article and its user; alone: added to the bare view,")
    print("  with the session and the connection that it wakes there")
    print(f"{'ledger':<12}{'bare':>7}{'gate':>8}{'ratio':>7}{'bar':>5}         ", end="")
    print(f"{'alone':>6}{'ratio':>7}   queries: re-read, new read, subscriber")
    stores.measure_in_each("gate")


def measure() -> None:
    """One line: the ledger that the settings name, on the database that they name."""
    site = asking.site(settings.MIDDLEWARE)
    KEPT.update({article.code: article for article in content.publish([0] * ARTICLES)})
    re_reading = cycle([_reader(site) for _ in range(READERS)])

    def re_read(view: str) -> Callable[[], object]:
        return lambda: asking.get(site, f"/{view}/1/", next(re_reading))

    bare, asked, asked_and_gated, gated = asking.in_turns(
        lambda: asking.get(site, "/bare/", next(re_reading)),
        *map(re_read, ("asked", "asked-and-gated", "gated")),
    )
    own, alone = asked_and_gated - asked, gated - bare
    queries = [_queries_of_the_gate(site, cookies) for cookies in (next(re_reading), {}, _subscriber())]

    is_redis = conf().ledger == "redis"
    bar, at_most = (0.3, [0, 0, 0]) if is_redis else (0.5, [1, 3, 0])
    verdict = "ok" if own / bare <= bar else "MISSED"
    counted = "ok" if all(map(int.__le__, queries, at_most)) else f"MISSED, at most {', '.join(map(str, at_most))}"
    print(
        f"{'Redis' if is_redis else connection.display_name:<12}{bare * 1000:>7.3f}{own * 1000:>8.3f}"
        f"{own / bare:>7.2f}{bar:>5}  {verdict:<7}{alone * 1000:>6.3f}{alone / bare:>7.2f}   "
        f"{', '.join(map(str, queries))}  {counted}"
    )


def _reader(site: WSGIHandler) -> dict[str, str]:
    """The cookies of somebody who has opened all the articles."""
    cookies: dict[str, str] = {}
    for code in KEPT:
        _status, _body, cookies = asking.get(site, f"/gated/{code}/", cookies)
    return cookies


def _subscriber() -> dict[str, str]:
    """The cookies of a subscriber who has logged in."""
    person = User.objects.create_user("subscriber")
    Subscription.objects.create(person=person)
    browser = Client()
    browser.force_login(person)
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def _queries_of_the_gate(site: WSGIHandler, cookies: dict[str, str]) -> int:
    """How many statements the gate asks where the article, the user and the subscription are known already."""
    asked, gated = (
        asking.queries(partial(asking.get, site, f"/{view}/1/", cookies)) for view in ("asked", "asked-and-gated")
    )
    return gated - asked
