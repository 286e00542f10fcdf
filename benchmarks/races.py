"""A hundred articles asked for by one reader who may open five: five bodies and five rows, round after round.

gunicorn with two processes of eight threads, for each place where reads can be kept. The first cookie
comes from opening the first article; that one is among the hundred, and among the five.
"""

import sys
from collections.abc import Callable, Sequence

import httpx

from benchmarks import stores
from tests import racing, served

ARTICLES, LIMIT, ROUNDS = 100, 5, 20
CODES = range(1, ARTICLES + 1)

Asking = Callable[[httpx.Client, Sequence[int]], list[int]]

WAYS: dict[str, tuple[Asking, bool]] = {
    "all at once, one browser": (racing.all_at_once, False),
    "all at once, first cookie replayed": (racing.all_at_once, True),
    "one after another, one browser": (racing.one_by_one, False),
    "one after another, first cookie replayed": (racing.one_by_one, True),
}
"""How the hundred are asked for, and whether each request brings the first cookie, whatever came since."""


def run() -> None:
    inexact: list[str] = []
    print(f"{ARTICLES} articles asked for by one reader, limit {LIMIT}, 2 processes of 8 threads, {ROUNDS} rounds")
    print(f"{'ledger':<12}{'asked for':<44}{'bodies':>8}{'rows':>8}   in each round")

    def race(name: str, needed: dict[str, str]) -> None:
        with served.site(**needed, prepare=racing.articles(ARTICLES)) as site:
            for way, (ask, replays) in WAYS.items():
                bodies, rows = _rounds(site, ask, replays=replays)
                is_exact = set(bodies) == set(rows) == {LIMIT}
                print(f"{name:<12}{way:<44}{_told(bodies):>8}{_told(rows):>8}   {'ok' if is_exact else 'MISSED'}")
                if not is_exact:
                    inexact.append(f"{name}, {way}: bodies {bodies}, rows {rows}")

    stores.in_each(race)
    if inexact:
        sys.exit("\n".join(["the limit was not kept to the read", *inexact]))


def _rounds(site: served.Site, ask: Asking, *, replays: bool) -> tuple[list[int], list[int]]:
    """How many bodies were served in each round, and how many rows the ledger has of that round's reader."""
    bodies, readers = [], []
    for _ in range(ROUNDS):
        with racing.browser(site) as browser:
            racing.gets_whole(browser, CODES[0])
            readers.append(browser.cookies["reader"])
            if replays:
                with racing.replaying(site, browser.cookies) as forgetful:
                    bodies.append(len(ask(forgetful, CODES)))
            else:
                bodies.append(len(ask(browser, CODES)))
    return bodies, [len(held) for held in racing.in_the_ledger(site, readers)]


def _told(found: list[int]) -> str:
    """One number where all rounds agree, else the lowest and the highest."""
    return str(found[0]) if len(set(found)) == 1 else f"{min(found)}-{max(found)}"
