"""Fifty articles asked for at the same moment by one reader: exactly five bodies, wherever reads are kept."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests import racing, served
from tests.ledgers import on_postgresql, on_redis, on_sqlite

FIFTY = range(1, 51)
FIFTY_ARTICLES = racing.articles(len(FIFTY))


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
        with racing.browser(site) as browser:
            assert racing.gets_whole(browser, 1)

            opened = racing.all_at_once(browser, FIFTY)

        assert len(opened) == 5
        assert 1 in opened
        [held] = racing.in_the_ledger(site, [browser.cookies["reader"]])
        assert held == sorted(f"articles.article:{code}" for code in opened)
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
        with racing.browser(site) as browser:
            racing.gets_whole(browser, 1)
            racing.all_at_once(browser, range(1, 11))
            assert site.ask("Read.objects.count()") == "5"
            site.manage("shell", "-v", "0", "-c", A_WEEK_AGO)

            assert len(racing.all_at_once(browser, FIFTY)) == 5

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
        with racing.browser(site) as browser:
            racing.gets_whole(browser, 1)

            assert racing.all_at_once(browser, [2] * 20) == [2] * 20

        [held] = racing.in_the_ledger(site, [browser.cookies["reader"]])
        assert held == ["articles.article:1", "articles.article:2"]
