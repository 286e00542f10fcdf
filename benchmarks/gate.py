"""What the gate adds to a request on a re-read, beside the whole request of a bare Django view.

Both behind the site's own middleware, in one process and in turns, through Django's WSGI handler
without a socket: CPU time of this process. The bare view returns a constant.
"""

import statistics
from collections.abc import Sequence
from functools import partial
from itertools import cycle

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client

from benchmarks import asking, content, stores
from benchmarks.urls import IN_THE_GATE
from metering.conf import conf
from newsroom.accounts.models import User
from newsroom.subscriptions.models import Subscription

READERS, ARTICLES = 1500, 3
"""Readers take turns, so that nothing which is kept of a single one flatters the gate."""


def run() -> None:
    print("the gate on a re-read beside a bare view's request, same middleware, one process (CPU, ms a request)")
    print("  gate: on the clock around it, in a view that has its article and its user")
    print("  added: what such a view's whole request costs more with it than without")
    print(f"{'ledger':<12}{'bare':>7}{'gate':>8}{'ratio':>7}{'bar':>5}         {'added':>6}{'ratio':>7}", end="")
    print("   queries: re-read, new read, subscriber")
    stores.measure_in_each("gate")


def measure() -> None:
    """One line: the ledger that the settings name, on the database that they name."""
    site = asking.site(settings.MIDDLEWARE)
    codes = [article.code for article in content.publish([0] * ARTICLES)]
    re_reading = cycle([_reader(site, codes) for _ in range(READERS)])
    IN_THE_GATE.clear()
    bare, asked, gated = asking.in_turns(
        lambda: asking.get(site, "/bare/", next(re_reading)),
        lambda: asking.get(site, "/asked/1/", next(re_reading)),
        lambda: asking.get(site, "/asked-and-gated/1/", next(re_reading)),
    )
    added, own = gated - asked, _median_of_rounds(IN_THE_GATE)
    queries = [_queries_of_the_gate(site, cookies) for cookies in (next(re_reading), {}, _subscriber())]

    is_redis = conf().ledger == "redis"
    bar, at_most = (0.3, [0, 0, 0]) if is_redis else (0.5, [1, 3, 0])
    verdict = "ok" if own / bare <= bar else "MISSED"
    counted = "ok" if all(map(int.__le__, queries, at_most)) else f"MISSED, at most {', '.join(map(str, at_most))}"
    print(
        f"{'Redis' if is_redis else connection.display_name:<12}{bare * 1000:>7.3f}{own * 1000:>8.3f}"
        f"{own / bare:>7.2f}{bar:>5}  {verdict:<7}{added * 1000:>6.3f}{added / bare:>7.2f}   "
        f"{', '.join(map(str, queries))}  {counted}"
    )


def _reader(site: WSGIHandler, codes: Sequence[int]) -> dict[str, str]:
    """The cookies of somebody who has opened these articles."""
    cookies: dict[str, str] = {}
    for code in codes:
        _body, cookies = asking.get(site, f"/asked-and-gated/{code}/", cookies)
    return cookies


def _median_of_rounds(spent: Sequence[float]) -> float:
    """As `asking.in_turns` has it of whole requests: the mean of each round but the first, of those the median."""
    size = asking.PER_ROUND
    return statistics.median(statistics.mean(spent[at : at + size]) for at in range(size, len(spent), size))


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
