"""A re-read of the article page beside the same page without a meter, each served by gunicorn.

Without: the meter's middleware is left out, and the gate answers "already open" out of hand, so that
the page is the same to the byte. A switched-off meter would be no comparison: it still looks up
that it is off. Two servers of one process and four threads on one database, asked in turns.
"""

import re
import statistics

from django.db import connection

from benchmarks import content, serving, stores
from metering.conf import conf

COMMENTS = (0, 10)
ROUNDS, PER_ROUND, BROWSERS = 15, 200, 4
BAR = 0.7

OWN_TO_AN_ANSWER = re.compile(rb'value="[^"]*"|127\.0\.0\.1:\d+')
"""What differs between two answers with the same page: a token and a time in the form, the server's port."""


def run() -> None:
    print(f"the article page re-read with the meter and without, served, {BROWSERS} browsers (requests a second)")
    print(f"{'ledger':<12}{'comments':>8}{'with':>8}{'without':>9}{'ratio':>7}{'bar':>5}", end="")
    print("          in single rounds   CPU of the server, ms")
    stores.measure_in_each("rereads")


def measure() -> None:
    """One line for each size of thread: the ledger that the settings name, on the database that they name."""
    name = "Redis" if conf().ledger == "redis" else connection.display_name
    articles = content.publish(COMMENTS)
    connection.close()
    with serving.server() as metered, serving.server(BENCH_METER="off") as unmetered:
        for article, comments in zip(articles, COMMENTS, strict=True):
            address = article.get_absolute_url()
            _page, cookies = serving.first_visit(metered, address)
            pages = [serving.page(server, address, cookies) for server in (metered, unmetered)]
            if len({OWN_TO_AN_ANSWER.sub(b"", page) for page in pages}) != 1:
                raise RuntimeError(f"{address} is not the same page with the meter and without")
            rounds = _rounds(metered, unmetered, address, cookies)
            print(_line(name, comments, rounds))


def _rounds(
    metered: serving.Server, unmetered: serving.Server, address: str, cookies: str
) -> list[tuple[float, float, float, float]]:
    """In each round: requests a second with and without, CPU seconds a request with and without."""
    for server in (metered, unmetered):
        serving.load(server, address, cookies, PER_ROUND, BROWSERS)
    rounds = []
    for number in range(ROUNDS):
        # Who comes first changes, or one of the two would always have the machine that the other warmed.
        turns = (metered, unmetered) if number % 2 else (unmetered, metered)
        found = {server: serving.load(server, address, cookies, PER_ROUND, BROWSERS) for server in turns}
        rounds.append((found[metered][0], found[unmetered][0], found[metered][1], found[unmetered][1]))
    return rounds


def _line(name: str, comments: int, rounds: list[tuple[float, float, float, float]]) -> str:
    with_, without, cost_with, cost_without = (statistics.median(found) for found in zip(*rounds, strict=True))
    # Of the rounds and not of the medians: what else the machine does meets both sides of a round.
    single = sorted(one_with / one_without for one_with, one_without, *_costs in rounds)
    ratio = statistics.median(single)
    return (
        f"{name:<12}{comments:>8}{with_:>8.0f}{without:>9.0f}{ratio:>7.2f}{BAR:>5}  "
        f"{'ok' if ratio >= BAR else 'MISSED':<8}{single[0]:>6.2f} to {single[-1]:.2f}"
        f"{cost_with * 1000:>13.2f}, {cost_without * 1000:.2f}"
    )
