"""The article page with its thread beside a bare Django view that returns the same bytes.

Once in this process through Django's WSGI handler (CPU time, nothing else in the way), and once
served by gunicorn, each from a server of its own (requests a second, and CPU time of the server).
The ratio is what is claimed; milliseconds and rates are of the machine that ran it.
"""

import os
import statistics
from functools import partial
from pathlib import Path

from django.conf import settings

from benchmarks import asking, content, serving
from benchmarks.urls import SAME_BYTES

COMMENTS = (0, 10, 1000)
ROUNDS, PER_ROUND, BROWSERS = 7, 400, 4


def run() -> None:
    articles = content.publish(COMMENTS)
    bare_site = asking.site(settings.STANDARD_MIDDLEWARE)
    site = asking.site(settings.MIDDLEWARE)
    print("article page with its thread, anonymous, one process, warm cache (CPU time per request)")
    print(f"{'page':<34}{'ms':>8}{'bare ms':>9}{'ratio':>7}   queries: cold, warm, cold new read")
    for article, comments in zip(articles, COMMENTS, strict=True):
        address = article.get_absolute_url()
        SAME_BYTES["page"], cookies = asking.get(site, address, {})
        re_read = partial(asking.get, site, address, cookies)
        new_read = partial(asking.get, site, address, {})
        mine, theirs = asking.in_turns(re_read, partial(asking.get, bare_site, "/bare/", {}))
        counts = (
            asking.queries(re_read, cold=True),
            asking.queries(re_read),
            asking.queries(new_read, cold=True),
        )
        name = f"re-read, {comments} comments"
        told = ", ".join(str(count) for count in counts)
        print(f"{name:<34}{mine * 1000:>8.3f}{theirs * 1000:>9.3f}{theirs / mine:>7.2f}   {told}")

    _served(articles[1].get_absolute_url())


def _served(address: str) -> None:
    """The page with ten comments and the bare view, each from its own gunicorn (one process, four threads)."""
    kept = Path(os.environ["BENCH_FOLDER"]) / "page.html"
    kept.write_bytes(SAME_BYTES["page"])
    with serving.server() as site, serving.server("benchmarks.bare", BENCH_PAGE=str(kept)) as bare:
        _body, cookies = serving.first_visit(site, address)
        rates: tuple[list[float], list[float]] = ([], [])
        costs: tuple[list[float], list[float]] = ([], [])
        serving.load(site, address, cookies, PER_ROUND, BROWSERS)
        serving.load(bare, "/bare/", "", PER_ROUND, BROWSERS)
        for _ in range(ROUNDS):
            for number, (server, path, sent) in enumerate(((site, address, cookies), (bare, "/bare/", ""))):
                rate, cost = serving.load(server, path, sent, PER_ROUND, BROWSERS)
                rates[number].append(rate)
                costs[number].append(cost)
        mine, theirs = (statistics.median(found) for found in rates)
        my_cost, their_cost = (statistics.median(found) for found in costs)
    print("\nthe same page with 10 comments, served by gunicorn, re-read")
    print(f"{'requests a second':<34}{mine:>8.0f}{theirs:>9.0f}{mine / theirs:>7.2f}")
    spent = f"{my_cost * 1000:>8.3f}{their_cost * 1000:>9.3f}{their_cost / my_cost:>7.2f}"
    print(f"{'CPU of the server, ms a request':<34}{spent}")
