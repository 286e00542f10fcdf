"""Fifty articles asked for at the same moment by one reader: exactly five bodies, wherever reads are kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Barrier

import httpx
import pytest

from tests import served, services

ARTICLES = 50
HIDDEN = "This stands at the very end of article"

FIFTY_ARTICLES = f"""
from django.utils import timezone
from newsroom.articles.models import Article, Section
section = Section.objects.create(name="World", slug="world")
for n in range(1, {ARTICLES} + 1):
    Article.objects.create(
        code=n, title=f"Article {{n}}", slug="a", section=section, status="published",
        published_at=timezone.now(), body="<p>One.</p>" * 8 + f"<p>{HIDDEN} {{n}}.</p>")
"""


@contextmanager
def on_sqlite(folder: Path) -> Iterator[dict[str, str]]:
    yield {"database_url": f"sqlite:///{folder / 'race.sqlite3'}"}


@contextmanager
def on_postgresql(folder: Path) -> Iterator[dict[str, str]]:
    with services.postgres_database() as url:
        yield {"database_url": url}


@contextmanager
def on_redis(folder: Path) -> Iterator[dict[str, str]]:
    with on_sqlite(folder) as of_the_site, services.redis_keys() as (url, prefix):
        yield of_the_site | {"METER_LEDGER": "redis", "REDIS_URL": url, "REDIS_PREFIX": prefix}


def in_the_ledger(site: served.Site, cookies: httpx.Cookies) -> list[str]:
    """The pieces that the ledger knows this reader to hold open."""
    account = "from django.utils import timezone; from metering.ledger import the_ledger; "
    account += f"from metering.readers import Pass; key = Pass.read({cookies['reader']!r}).key; "
    account += "print(*sorted(one.piece for one in the_ledger().look([key], now=timezone.now()).opened))"
    return site.manage("shell", "-v", "0", "-c", account).split()


def all_at_once(url: str, cookies: httpx.Cookies, codes: range) -> list[str]:
    """The pages of these articles, asked for by as many threads at the same moment with one cookie."""
    start = Barrier(len(codes))

    def get(code: int) -> str:
        with httpx.Client(cookies=cookies, timeout=60) as browser:
            start.wait()
            return browser.get(f"{url}/news/{code}/a/").raise_for_status().text

    with ThreadPoolExecutor(len(codes)) as threads:
        return list(threads.map(get, codes))


@pytest.mark.parametrize(
    ("ledger", "slots"),
    [
        pytest.param(on_sqlite, [1, 2, 3, 4, 5], id="sqlite"),
        pytest.param(on_postgresql, [1, 2, 3, 4, 5], id="postgresql", marks=pytest.mark.services),
        pytest.param(on_redis, [], id="redis", marks=pytest.mark.services),
    ],
)
def test_exactly_five_bodies_and_five_reads(ledger, slots: list[int], tmp_path: Path) -> None:
    chosen: AbstractContextManager[dict[str, str]] = ledger(tmp_path)
    with chosen as environment, served.site(**environment, prepare=FIFTY_ARTICLES) as site:
        first = httpx.get(f"{site.url}/news/1/a/")
        assert HIDDEN in first.text

        pages = all_at_once(site.url, first.cookies, range(1, ARTICLES + 1))

        opened = [number for number, page in enumerate(pages, start=1) if f"{HIDDEN} {number}." in page]
        assert len(opened) == 5
        assert 1 in opened
        assert len(in_the_ledger(site, first.cookies)) == 5
        assert site.ask("sorted(Read.objects.values_list('slot', flat=True))") == str(slots)


A_WEEK_AGO = """
from datetime import timedelta
from django.db.models import F
from metering.models import Read
week = timedelta(days=7)
Read.objects.update(
    read_at=F("read_at") - week, period_end=F("period_end") - week, open_until=F("open_until") - week)
"""


def test_when_five_reads_have_aged_out_of_rolling_days_exactly_five_come_back(tmp_path: Path) -> None:
    rolling = "from metering.models import Meter; Meter.objects.create(pk=1, period='rolling', days=7)"
    prepare = f"{FIFTY_ARTICLES}\n{rolling}"
    with on_sqlite(tmp_path) as environment, served.site(**environment, prepare=prepare) as site:
        first = httpx.get(f"{site.url}/news/1/a/")
        all_at_once(site.url, first.cookies, range(1, 11))
        assert site.ask("Read.objects.count()") == "5"
        site.manage("shell", "-v", "0", "-c", A_WEEK_AGO)

        pages = all_at_once(site.url, first.cookies, range(1, ARTICLES + 1))

        opened = [number for number, page in enumerate(pages, start=1) if f"{HIDDEN} {number}." in page]
        assert len(opened) == 5
        assert site.ask("Read.objects.count()") == "10"
        assert (
            site.ask("sorted(Read.objects.order_by('-pk')[:5].values_list('slot', flat=True))")
            == "[1, 2, 3, 4, 5]"
        )


@pytest.mark.parametrize(
    "ledger",
    [pytest.param(on_sqlite, id="sqlite"), pytest.param(on_redis, id="redis", marks=pytest.mark.services)],
)
def test_twenty_tabs_of_one_article_are_one_read(ledger, tmp_path: Path) -> None:
    with ledger(tmp_path) as environment, served.site(**environment, prepare=FIFTY_ARTICLES) as site:
        cookies = httpx.get(f"{site.url}/news/1/a/").cookies

        def get(_tab: int) -> bool:
            return f"{HIDDEN} 2." in httpx.get(f"{site.url}/news/2/a/", cookies=cookies, timeout=60).text

        with ThreadPoolExecutor(20) as tabs:
            assert all(tabs.map(get, range(20)))
        assert len(in_the_ledger(site, cookies)) == 2
